/* Names under which headers of other releases of newlib look for the character table. */
struct __locale_t;
extern const char _ctype_[];
const char *__ctype_ptr__ = _ctype_;

const char *__locale_ctype_ptr(void) {
  return _ctype_;
}
const char *__locale_ctype_ptr_l(struct __locale_t *locale) {
  (void)locale;
  return _ctype_;
}
