import { CONDITIONS, type Context, type Fields } from "./context.ts";

/** The part of the syntax in front of the first blank. */
export function renderMnemonic(text: string, f: Fields, { table, itState }: Context): string {
  const inIT = (itState & 15) !== 0;
  const condition = "c" in f ? CONDITIONS[f.c] : inIT ? CONDITIONS[itState >>> 4] : "";
  const setsFlags = "S" in f ? f.S === 1 : table === "thumb16" && !inIT;
  return text
    .replace("{S}", setsFlags ? "s" : "")
    .replace("{<x>{<y>{<z>}}}", () => thenElse(f))
    .replace("<c>", condition)
    .replace("<x>", f.x ? "t" : "b")
    .replace("<y>", f.y ? "t" : "b")
    .replace("{X}", f.x ? "x" : "")
    .replace("{R}", f.r ? "r" : "")
    .replace("{W}", (table === "a32" ? f.R === 0 : f.W === 1) ? "w" : "")
    .replace("<mode>", () => processorState(f, table))
    .toLowerCase();
}

function thenElse({ f, k }: Fields): string {
  let out = "";
  for (let mask = k; mask & 7; mask = (mask << 1) & 15) out += mask >>> 3 === (f & 1) ? "t" : "e";
  return out;
}

function processorState(f: Fields, table: Context["table"]): string {
  const flags = `${f.A ? "a" : ""}${f.I ? "i" : ""}${f.F ? "f" : ""}`;
  if (table === "thumb16") return `${f.i ? "id" : "ie"} ${flags}`.trim();
  const effect = ["", "", "ie", "id"][f.o];
  if (!effect || (table === "a32" && !f.M && f.p)) return ` #${f.p}`;
  const mode = f.M ? (table === "a32" ? `,#${f.p}` : `, #${f.p}`) : "";
  return `${effect}${table === "thumb32" && !f.M ? ".w" : ""} ${flags}${mode}`.trim();
}
