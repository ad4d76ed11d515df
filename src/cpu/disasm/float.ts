import type { Fields } from "./context.ts";

const single = (r: number): string => `s${((r & 15) << 1) | (r >> 4)}`;
const registers: Readonly<Record<string, (f: Fields) => string>> = {
  Sd: ({ d }) => single(d),
  Sm: ({ m }) => single(m),
  Sn: ({ n }) => `s${n}`,
  Dd: ({ d }) => `d${d}`,
  Dm: ({ m }) => `d${m}`,
  Dn: ({ n }) => `d${((n & 1) << 4) | (n >> 1)}`,
};
/** <Vd>, <Vn>, <Vm>: of the size z. */
const register = (name: string, f: Fields): string =>
  registers[name.replace("V", f.z ? "D" : "S")](f);

/** Expands what only floating-point syntax has, see vfp.table.ts; the rest is as everywhere. */
export function expandFloat(syntax: string, f: Fields): string {
  const size = f.x ? "32" : "16";
  const text = syntax
    .replace("<F>", f.z ? "F64" : "F32")
    .replace("{E}", f.e ? "E" : "")
    .replace("{R}", f.r ? "" : "R")
    .replace("<U32>", f.s ? "S32" : "U32")
    .replace("<fixed>", `${f.u ? "U" : "S"}${size}`)
    .replace("<cc>", ["EQ", "VS", "GE", "GT"][f.y])
    .replace("<apnm>", "ANPM"[f.r])
    .replace("<fraction>", () => String(Number(size) - (((f.i & 15) << 1) | (f.i >> 4))))
    .replace("<fp>", "<i>")
    .replace("<Sm+1>", () => `s${Number(single(f.m).slice(1)) + 1}`)
    .replace(/<([SDV][dnm])>/g, (_, name: string) => register(name, f))
    .replace("FPSCR", "fpscr")
    .replace("<list>", () => list(f));
  // An odd number of words: the FLDMX and FSTMX of before ARMv6.
  if (!f.z || !(f.i & 1) || !syntax.includes("<list>")) return text;
  return text
    .replace(/^VPUSH<c> /, "FSTMDBX<c> SP!, ")
    .replace(/^VPOP<c> /, "FLDMIAX<c> SP!, ")
    .replace(/^V(LDM|STM)(IA|DB)/, "F$1$2X");
}

function list(f: Fields): string {
  const first = Number(register("Vd", f).slice(1));
  const last = first + (f.z ? f.i >> 1 : f.i) - 1;
  const letter = f.z ? "d" : "s";
  return last > first ? `{${letter}${first}-${letter}${last}}` : `{${letter}${first}}`;
}
