import { ObjectClass } from "../kernel/types.ts";
import { meaningOf } from "./meanings.ts";
import type { Shape } from "./shapes.ts";

export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
}

export interface Prototype {
  readonly result: Shape;
  readonly parameters: readonly Parameter[];
}

const OBJECTS =
  /\b(?:rt_(sem|mutex|event|mailbox|mq|mp|timer|thread|device|object|module|dlmodule)_t|struct rt_(semaphore|mutex|event|mailbox|messagequeue|mempool|memheap|timer|thread|device|object|dlmodule) ?\*)/;
/** Classes by the words in those types; 0 for any. */
const CLASSES: Readonly<Record<string, number>> = {
  sem: ObjectClass.Semaphore,
  semaphore: ObjectClass.Semaphore,
  mutex: ObjectClass.Mutex,
  event: ObjectClass.Event,
  mailbox: ObjectClass.MailBox,
  mq: ObjectClass.MessageQueue,
  messagequeue: ObjectClass.MessageQueue,
  mp: ObjectClass.MemPool,
  mempool: ObjectClass.MemPool,
  memheap: ObjectClass.MemHeap,
  timer: ObjectClass.Timer,
  thread: ObjectClass.Thread,
  device: ObjectClass.Device,
  module: ObjectClass.Module,
  dlmodule: ObjectClass.Module,
};
const UNSIGNED =
  /\bunsigned\b|_u?int(8|16|32)?_t\b.*|\b(rt_u\w+|rt_size_t|rt_tick_t|size_t|mode_t|useconds_t|nfds_t)\b/;
const LONG = /\b(long long|rt_u?int64_t|u?int64_t|off64_t)\b/;

/** Reads a C prototype as the export rows have it: `rt_err_t rt_sem_take(rt_sem_t sem, rt_int32_t time);` */
export function parsePrototype(proto: string): Prototype {
  const open = proto.indexOf("(");
  const [, head, called] = /^(.*?)\b(\w+)\s*$/s.exec(proto.slice(0, open)) ?? ["", "", ""];
  const parameters: Parameter[] = [];
  for (const text of split(proto.slice(open + 1, proto.lastIndexOf(")")))) {
    const words = text.trim();
    if (words === "" || words === "void") continue;
    const found: Parameter =
      words === "..." ? { name: "...", shape: { kind: "more" } } : parameter(words);
    const shape = meaningOf(called, found.name, parameters.length) ?? found.shape;
    parameters.push({ name: found.name, shape });
  }
  return { result: meaningOf(called, "=", -1) ?? shapeOf(head.trim(), ""), parameters };
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
  const object = OBJECTS.exec(type);
  if (object) return { kind: "object", cls: CLASSES[object[1] ?? object[2]] ?? 0 };
  if (type.includes("*") || /\bva_list\b/.test(type)) return { kind: "pointer" };
  if (/^(static |extern )?void$/.test(type) || type === "") return { kind: "void" };
  if (LONG.test(type)) return { kind: "long", signed: !/\bu/.test(type) };
  if (/\brt_err_t\b/.test(type)) return { kind: "error" };
  if (/^rt_int32_t$/.test(type) && /^time(out)?$/.test(name)) return { kind: "time" };
  if (UNSIGNED.test(type) && !/\b(rt_)?int\d*_t\b/.test(type)) return { kind: "unsigned" };
  return { kind: "signed" };
}
