static inline int twice(int x)
{
    return x * 2;
}

static inline int clamp(int x, int most)
{
    return x > most ? most : twice(x);
}
