int in_about(void);

int in_round(void)
{
    return 1;
}

int round_about(void)
{
    return in_about();
}
