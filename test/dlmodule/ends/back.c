/* The other one. */
int turn_about(void);

int back_again(void)
{
    return turn_about() + 1;
}
