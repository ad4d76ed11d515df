/**
 * Functions of the C library with a float or double among their fixed arguments or as result: the ones whose registers differ
 * between the soft and the hard variant of the procedure call standard (AAPCS 6.4). Variadic functions and the `__aeabi_` helpers
 * are the same in both.
 */
const MATH =
  "acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh drem erf erfc exp exp10 exp2 expm1 fabs fdim floor fma fmax " +
  "fmin fmod frexp gamma hypot ilogb j0 j1 jn ldexp lgamma llrint llround log log10 log1p log2 logb lrint lround modf nan nearbyint " +
  "nextafter nexttoward pow pow10 remainder remquo rint round scalb scalbln scalbn significand sin sincos sinh sqrt tan tanh " +
  "tgamma trunc y0 y1 yn";
const OTHERS = "atof atoff difftime drand48 erand48 strtod strtof strtold wcstod wcstof wcstold";

let known: ReadonlySet<string> | undefined;

/** Those of the names whose calls go wrong when module and firmware pass floating-point values in different registers. */
export function floatFunctions(names: readonly string[]): string[] {
  const floats = (known ??= new Set([
    ...MATH.split(" ").flatMap((name) => [name, `${name}f`, `${name}l`]),
    ...OTHERS.split(" "),
  ]));
  return names.filter((name) => floats.has(name));
}
