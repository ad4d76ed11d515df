/** Probes that print something else than on the original, and why. The test fails when one of them comes out right. */
export const DIFFERENT_PROBES: Readonly<Record<string, string>> = {
  t_cal:
    "mktime and timegm bring a date that is out of range into range, and strftime knows the zone: the C library's own functions, not those of the original",
  own_free:
    "the maximum in `free` is 20 bytes less: what our compiler makes of the source takes 32 bytes less memory than the module that was recorded, and other objects fit into the hole that is left there. With 32 bytes more in the module the output is equal",
};
