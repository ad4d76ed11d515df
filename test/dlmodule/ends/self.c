int round_about(void)
{
    return 8;
}
int self_calls(void)
{
    return round_about();
}
