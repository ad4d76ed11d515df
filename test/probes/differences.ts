/** Probes that print something else than on the original, and why. The test fails when one of them comes out right. */
export const DIFFERENT_PROBES: Readonly<Record<string, string>> = {
  f_ren: "a directory cannot be renamed into itself; the original loses it",
  own_free: "the maximum in `free` is 20 bytes less",
};
