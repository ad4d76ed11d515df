int common[3];
int elsewhere(int n) { return n + 2 + common[0]; }
