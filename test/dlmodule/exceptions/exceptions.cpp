/* Throws through a function with a destructor; catches types of its own and of the C++ runtime. */
#include <exception>
#include <new>
#include <rtthread.h>

extern "C" { void *__dso_handle __attribute__((visibility("hidden"))) = &__dso_handle; }

struct Mine { int value; };
struct Guard { ~Guard() { rt_kprintf("unwound "); } };

static void thrower(int n)
{
  Guard guard;
  if (n == 1) throw 42;
  if (n == 2) throw Mine{7};
  if (n == 3) throw static_cast<const char *>("text");
  if (n == 4) throw std::bad_alloc();
  if (n == 5) throw 1.5f;
}

extern "C" int main(int argc, char **argv)
{
  for (int i = 0; i < 6; i++) {
    try { thrower(i); rt_kprintf("none\n"); }
    catch (int x) { rt_kprintf("int %d\n", x); }
    catch (Mine &m) { rt_kprintf("mine %d\n", m.value); }
    catch (const char *s) { rt_kprintf("string %s\n", s); }
    catch (std::exception &e) { rt_kprintf("std %s\n", e.what()); }
    catch (...) { rt_kprintf("other\n"); }
  }
  return 9;
}
