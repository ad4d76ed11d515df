/* newlib without multibyte locales refers to conversions that it then does not contain. */
#include <wctype.h>

struct __locale_t;
wint_t _jp2uc_l(wint_t character, struct __locale_t *locale);
wint_t _uc2jp_l(wint_t character, struct __locale_t *locale);

wint_t _jp2uc_l(wint_t character, struct __locale_t *locale) {
  (void)locale;
  return character;
}
wint_t _uc2jp_l(wint_t character, struct __locale_t *locale) {
  (void)locale;
  return character;
}
