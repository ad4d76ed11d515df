import { readFileSync, writeFileSync } from "node:fs";
import { MACHINE, run } from "./toolchain.ts";

/** What a value is to the procedure call standard (AAPCS 5.1, 6.1.2.1): one or two floating-point numbers, or anything else. */
export type Kind = "void" | "word" | "float" | "double" | "complex float" | "complex double";

export interface Prototype {
  readonly name: string;
  readonly result: Kind;
  readonly parameters: readonly Kind[];
}

const HEADERS =
  "complex.h fenv.h ieeefp.h inttypes.h math.h stdio.h stdlib.h string.h time.h wchar.h";

/** Functions of the libraries with floating-point values that no header declares. */
const UNDECLARED = `
char *ecvt(double, int, int *, int *), *ecvtbuf(double, int, int *, int *, char *), *ecvtf(float, int, int *, int *);
char *fcvt(double, int, int *, int *), *fcvtbuf(double, int, int *, int *, char *), *fcvtf(float, int, int *, int *);
char *gcvt(double, int, char *), *gcvtf(float, int, char *);
double scalb(double, double), significand(double), __exp10(double), __log2(double), __powidf2(double, int);
float scalbf(float, float), significandf(float), __powisf2(float, int);
complex float __mulsc3(float, float, float, float), __divsc3(float, float, float, float);
complex double __muldc3(double, double, double, double), __divdc3(double, double, double, double);
complex long double cacoshl(complex long double), cacosl(complex long double), casinhl(complex long double);
complex long double catanhl(complex long double), ccoshl(complex long double), ccosl(complex long double);
complex long double cexpl(complex long double), conjl(complex long double), cprojl(complex long double);
complex long double cpowl(complex long double, complex long double), csinhl(complex long double);
complex long double csinl(complex long double), ctanhl(complex long double), ctanl(complex long double);
`;

/** The prototypes that the compiler sees, of the functions with a floating-point argument or result that are not variadic. */
export function floatPrototypes(work: string, include: readonly string[]): Prototype[] {
  const source = `${work}/prototypes.c`;
  const list = `${work}/prototypes.txt`;
  const headers = HEADERS.split(" ").map((name) => `#include <${name}>\n`);
  writeFileSync(source, `#define _GNU_SOURCE\n${headers.join("")}${UNDECLARED}`);
  const options = ["-std=gnu11", "-w", "-fno-builtin", "-fsyntax-only", "-aux-info", list];
  run(["arm-none-eabi-gcc", ...MACHINE, ...include, ...options, source]);
  const found = new Map<string, Prototype>();
  for (const line of readFileSync(list, "latin1").split("\n")) {
    const [, type, name, parameters] = /extern (.*?)(\w+) \((.*)\);$/.exec(line) ?? [];
    if (!name || parameters.endsWith("...")) continue;
    const kinds = parameters.split(", ").map(kindOf);
    const prototype = { name, result: kindOf(type), parameters: kinds };
    if ([prototype.result, ...kinds].some(isFloat)) found.set(name, prototype);
  }
  return [...found.values()];
}

function isFloat(kind: Kind): boolean {
  return kind !== "void" && kind !== "word";
}

/** Of a type as the compiler writes it. A long double is a double. */
function kindOf(type: string): Kind {
  const text = type.trim().replace("long double", "double");
  switch (text) {
    case "void":
    case "float":
    case "double":
    case "complex float":
    case "complex double":
      return text;
    default:
      return "word";
  }
}
