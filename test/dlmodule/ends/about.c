int in_round(void);

int in_about(void)
{
    return in_round() + 1;
}
