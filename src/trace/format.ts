/** What a conversion of a format string takes from the arguments. */
export type FormatArgument =
  | "signed"
  | "unsigned"
  | "hex"
  | "character"
  | "string"
  | "pointer"
  | "long"
  | "unsigned long"
  | "hex long"
  | "double";

/** Arguments of one call that are believed. */
const ARGUMENTS_MAX = 32;

/**
 * The arguments that a printf format takes, in order (C11 7.21.6.1), up to a conversion that is not known: what follows cannot be found
 * then.
 */
export function formatArguments(format: string): FormatArgument[] {
  const found: FormatArgument[] = [];
  const conversions = /%[-+ #0']*(\*|\d*)(?:\.(\*|\d*))?(hh|h|ll|l|L|q|j|z|t)?(.|$)/gs;
  for (const [, width, precision, length, kind] of format.matchAll(conversions)) {
    if (found.length >= ARGUMENTS_MAX) break;
    if (kind === "%") continue;
    if (width === "*") found.push("signed");
    if (precision === "*") found.push("signed");
    const one = argumentOf(kind, length === "ll" || length === "q" || length === "j");
    if (!one) break;
    found.push(one);
  }
  return found;
}

function argumentOf(kind: string, long: boolean): FormatArgument | undefined {
  switch (kind) {
    case "d":
    case "i":
      return long ? "long" : "signed";
    case "u":
      return long ? "unsigned long" : "unsigned";
    case "x":
    case "X":
    case "o":
      return long ? "hex long" : "hex";
    case "c":
      return "character";
    case "s":
      return "string";
    case "p":
    case "n":
      return "pointer";
    case "a":
    case "A":
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G":
      return "double";
    default:
      return undefined;
  }
}
