/** How an argument or result of an exported function is shown. */
export type Shape =
  | {
      readonly kind:
        "void" | "pointer" | "input" | "string" | "function" | "unsigned" | "signed" | "error";
    }
  /** A kernel object with a name. */
  | { readonly kind: "object" }
  /** Two words, in an even pair. */
  | { readonly kind: "long"; readonly signed: boolean }
  /** Whatever follows. */
  | { readonly kind: "more" };

export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
}

export interface Prototype {
  readonly result: Shape;
  readonly parameters: readonly Parameter[];
}

const OBJECTS =
  /\b(rt_(sem|mutex|event|mailbox|mq|mp|timer|thread|device|object|module|dlmodule)_t|struct rt_(semaphore|mutex|event|mailbox|messagequeue|mempool|timer|thread|device|object|dlmodule) ?\*)/;
const UNSIGNED =
  /\bunsigned\b|_u?int(8|16|32)?_t\b.*|\b(rt_u\w+|rt_size_t|rt_tick_t|size_t|rt_off_t|mode_t)\b/;
const LONG = /\b(long long|rt_u?int64_t|u?int64_t|off64_t)\b/;

/** Reads a C prototype as the export rows have it: `rt_err_t rt_sem_take(rt_sem_t sem, rt_int32_t time);` */
export function parsePrototype(proto: string): Prototype {
  const open = proto.indexOf("(");
  const head = /^(.*?)\b\w+\s*$/s.exec(proto.slice(0, open))?.[1] ?? "";
  const parameters: Parameter[] = [];
  for (const text of split(proto.slice(open + 1, proto.lastIndexOf(")")))) {
    const words = text.trim();
    if (words === "" || words === "void") continue;
    if (words === "...") parameters.push({ name: "...", shape: { kind: "more" } });
    else parameters.push(parameter(words));
  }
  return { result: shapeOf(head.trim(), ""), parameters };
}

/** At commas that are not inside parentheses. */
function split(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < list.length; i++) {
    if (list[i] === "(") depth++;
    else if (list[i] === ")") depth--;
    else if (list[i] === "," && depth === 0) {
      parts.push(list.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(list.slice(start));
  return parts;
}

function parameter(words: string): Parameter {
  const callback = /\(\s*\*\s*(\w*)\s*\)\s*\(/.exec(words);
  if (callback) return { name: callback[1] || "function", shape: { kind: "function" } };
  const name = /(\w+)\s*(\[\w*\])?$/.exec(words)?.[1] ?? "";
  const array = /\[\w*\]$/.test(words);
  const type = words.replace(/\w+\s*(\[\w*\])?$/, "").trim();
  // A parameter without a name is a type only.
  return type === "" || /^(const|unsigned|struct|enum)$/.test(type)
    ? { name: "", shape: shapeOf(words, "") }
    : { name, shape: shapeOf(array ? `${type} *` : type, name) };
}

function shapeOf(type: string, name: string): Shape {
  if (/^(const )?char ?\*$/.test(type.replace(/\s+/g, " ")))
    return {
      kind:
        /^const/.test(type) || /name|path|format|fmt|text|str/.test(name) ? "string" : "pointer",
    };
  if (/^const void ?\*$/.test(type.replace(/\s+/g, " "))) return { kind: "input" };
  if (OBJECTS.test(type)) return { kind: "object" };
  if (type.includes("*") || /\bva_list\b/.test(type)) return { kind: "pointer" };
  if (/^(static |extern )?void$/.test(type) || type === "") return { kind: "void" };
  if (LONG.test(type)) return { kind: "long", signed: !/\bu/.test(type) };
  if (/\brt_err_t\b/.test(type)) return { kind: "error" };
  if (UNSIGNED.test(type) && !/\b(rt_)?int\d*_t\b/.test(type)) return { kind: "unsigned" };
  return { kind: "signed" };
}
