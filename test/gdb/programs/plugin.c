/* A library that is opened, closed and opened again somewhere else. */
int plugged;

int plugin_step(int x)
{
    plugged += x;
    return plugged;
}
