/* A library that needs functions which nobody has, more than one message can name. */
int a_function_with_a_long_name_one(void);
int a_function_with_a_long_name_two(void);
int a_function_with_a_long_name_three(void);

int all_of_them(void)
{
    return a_function_with_a_long_name_one() + a_function_with_a_long_name_two() +
           a_function_with_a_long_name_three();
}
