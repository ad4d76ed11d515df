import type { A32, Decoded, Handlers, Neon, Rows, Thumb16, Thumb32 } from "../decode/mod.ts";
import type { Builder } from "../ir/builder.ts";
import { a32Branch, thumb16Branch, thumb32Branch } from "./branch.ts";
import {
  a32DataProcessing,
  thumb16DataProcessing,
  thumb32DataProcessing,
} from "./data-processing.ts";
import { a32Exclusive, thumb32Exclusive } from "./exclusive.ts";
import { a32Multiple, thumb16Multiple, thumb32Multiple } from "./load-store-multiple.ts";
import { a32LoadStore, thumb16LoadStore, thumb32LoadStore } from "./load-store.ts";
import { a32Media, thumb16Media, thumb32Media } from "./media.ts";
import { a32Multiply, thumb16Multiply, thumb32Multiply } from "./multiply.ts";
import { a32System, thumb16System, thumb32System } from "./system.ts";

/** Lifts a decoded instruction. */
type Lift = (ir: Builder, found: Decoded) => void;
type Handler = (ir: Builder, fields: Decoded["fields"]) => void;
type Group = () => object;

/** Everything that a list of groups handles. */
type All<G extends readonly Group[]> = G extends readonly [
  () => infer First,
  ...infer Rest extends readonly Group[],
]
  ? First & All<Rest>
  : unknown;

/**
 * Lifts the instructions of a table, each with the handler of its row's name. A group of handlers is made, and loaded where it is
 * rare, when a row is met that those before it do not handle: most of a program is in the first ones. A row without handler does not compile.
 */
function lifting<T extends Rows>() {
  return <const G extends readonly Group[]>(
    ...groups: All<G> extends Handlers<T, Builder> ? G : never
  ): Lift => {
    const known: Record<string, Handler> = {};
    const made: Record<string, Handler>[] = [];
    const search = (name: string): Handler => {
      for (let n = 0; ; n++) {
        const group = (made[n] ??= groups[n]() as Record<string, Handler>);
        if (name in group) return (known[name] = group[name]);
      }
    };
    return (ir, { encoding: { name }, fields }) => (known[name] ?? search(name))(ir, fields);
  };
}

const float = () => require("./vfp.ts") as typeof import("./vfp.ts");

export const liftThumb16 = lifting<Thumb16>()(
  thumb16DataProcessing,
  thumb16LoadStore,
  thumb16Multiple,
  thumb16Branch,
  thumb16System,
  thumb16Media,
  thumb16Multiply,
);

export const liftThumb32 = lifting<Thumb32>()(
  thumb32DataProcessing,
  thumb32LoadStore,
  thumb32Multiple,
  thumb32Branch,
  thumb32System,
  thumb32Multiply,
  thumb32Media,
  thumb32Exclusive,
  () => float().thumb32Float(),
);

export const liftA32 = lifting<A32>()(
  a32DataProcessing,
  a32LoadStore,
  a32Multiple,
  a32Branch,
  a32System,
  a32Multiply,
  a32Media,
  a32Exclusive,
  () => float().a32Float(),
);

export const liftNeon = lifting<Neon>()(() =>
  (require("./neon.ts") as typeof import("./neon.ts")).neonHandlers(),
);
