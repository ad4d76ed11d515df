/* Variables that copy.mo has copies of. */
int number = 77;
char text[13] = "text of ours";
struct { short a; char b[5]; } odd = { -3, "vwxy" };
int *number_here(void) { return &number; }
