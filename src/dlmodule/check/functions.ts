import { ElfError, type ElfImage, type ElfSymbols, ET, STB, STT } from "../../elf/mod.ts";
import type { LoadPlan } from "../plan-types.ts";
import { partAt } from "../segments.ts";
import { callsOf } from "./calls.ts";
import { type CodeImage, codeImage } from "./code-image.ts";
import type { FunctionUse } from "./report.ts";
import { type GraphFunction, stackDepths } from "./stack-depth.ts";
import { type Budget, STEPS_MAX, stackUse } from "./stack-use.ts";

/** Bytes of a function that nothing says the end of. */
const UNSIZED_MAX = 4096;
/** Functions without a symbol that are looked at. */
const HIDDEN_MAX = 50_000;

const NOWHERE = { vaddr: 0, bytes: new Uint8Array(0) };

interface Found {
  name: string;
  readonly address: number;
  readonly thumb: boolean;
  /** 0: not known. */
  readonly size: number;
}

/** The functions of a file with the stack that they take, the largest first, those that it is not known of last. */
export function functionUses(image: ElfImage, plan: LoadPlan): FunctionUse[] {
  const found = named(image, plan);
  const entry = (plan.entry & ~1) >>> 0;
  if (plan.program && !found.has(entry) && !found.has(entry + 1))
    found.set(plan.entry, nameless(entry, (plan.entry & 1) !== 0));
  const starts = new Set([...found.values()].map(({ address }) => address));
  const code = codeImage(plan, (address) => starts.has(address));
  const bounds = new Bounds(plan);
  hidden(found, starts, code, bounds);
  bounds.know(starts);
  const budget: Budget = { left: STEPS_MAX };
  const functions: (GraphFunction & Pick<FunctionUse, "size" | "stackIs">)[] = [];
  for (const { name, address, thumb, size } of found.values()) {
    const bytes = bounds.codeAt(address, size);
    if (!bytes) continue;
    const stack = stackUse(bytes, thumb, address, budget);
    functions.push({
      name,
      address,
      size,
      ...(typeof stack === "number" ? { stack } : { stack: null, stackIs: stack }),
      calls: callsOf(code, address, bytes.byteLength, thumb),
    });
  }
  const depths = stackDepths(functions);
  return functions
    .map(({ name, size, stack, stackIs }, n) => ({
      name,
      size,
      stack,
      ...(stackIs ? { stackIs } : {}),
      ...depths[n],
    }))
    .sort((a, b) => weight(b) - weight(a));
}

/** What has no bound comes first, what is not known last. */
function weight({ stack, stackIs }: Pick<FunctionUse, "stack" | "stackIs">): number {
  return stack ?? (stackIs === "computed" ? Infinity : -1);
}

/** By their addresses with bit 0 for Thumb code. */
function named(image: ElfImage, plan: LoadPlan): Map<number, Found> {
  const found = new Map<number, Found>();
  const object = image.header.type === ET.REL;
  const symbols = object ? plan.symbols : (image.staticSymbols() ?? plan.symbols);
  for (let i = 1; i < (symbols?.count ?? 0); i++) {
    if (symbols!.type(i) !== STT.FUNC || !symbols!.defined(i)) continue;
    const value = symbols!.value(i);
    const other = found.get(value);
    // Of several names the one that others know (gcc makes local ones beside it, `f.localalias`).
    if (other && symbols!.bind(i) === STB.LOCAL) continue;
    const name = nameOf(symbols!, i) ?? `symbol ${i}`;
    if (other) other.name = name;
    else
      found.set(value, {
        name,
        address: (value & ~1) >>> 0,
        thumb: (value & 1) !== 0,
        size: symbols!.size(i),
      });
  }
  return found;
}

/** What a function without a symbol is called. */
export const addressName = (address: number): string => `0x${((address & ~1) >>> 0).toString(16)}`;

function nameless(address: number, thumb: boolean): Found {
  return { name: addressName(address), address, thumb, size: 0 };
}

/** Functions that only calls, and jumps at the end of others, lead to: `strip` takes the names of static ones away. */
function hidden(
  found: Map<number, Found>,
  starts: Set<number>,
  code: CodeImage,
  bounds: Bounds,
): void {
  bounds.know(starts);
  let more = 0;
  // What is added is looked at as well.
  for (const { address, thumb, size } of found.values()) {
    const bytes = bounds.codeAt(address, size);
    if (!bytes) continue;
    for (const { target, tail, thumb: there } of callsOf(code, address, bytes.byteLength, thumb)) {
      // Where a function ends that has no size is a guess, and what leaves it too.
      if ((tail && size === 0) || typeof target !== "number" || there === undefined) continue;
      const place = target >>> 0;
      if (starts.has(place) || !bounds.codeAt(place, 4) || more++ >= HIDDEN_MAX) continue;
      starts.add(place);
      const value = there ? place + 1 : place;
      found.set(value, nameless(place, there));
    }
  }
}

/** Where functions end: by their size, or where the next one begins. */
class Bounds {
  private sorted = new Float64Array(0);

  constructor(private readonly plan: LoadPlan) {}

  know(starts: Iterable<number>): void {
    this.sorted = Float64Array.from(starts).sort();
  }

  codeAt(address: number, size: number): DataView | undefined {
    const { vaddr, bytes } = partAt(this.plan.segments, address) ?? NOWHERE;
    const offset = address - vaddr;
    if (offset >= bytes.length) return undefined;
    const length = Math.min(size || this.until(address), bytes.length - offset);
    return new DataView(bytes.buffer, bytes.byteOffset + offset, length);
  }

  private until(address: number): number {
    const { sorted } = this;
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle] <= address) low = middle + 1;
      else high = middle;
    }
    return low < sorted.length ? Math.min(sorted[low] - address, UNSIZED_MAX) : UNSIZED_MAX;
  }
}

/** Of a symbol that the loader does not need to be right; undefined when it cannot be read. */
export function nameOf(symbols: ElfSymbols, i: number): string | undefined {
  try {
    return symbols.name(i);
  } catch (error) {
    if (error instanceof ElfError) return undefined;
    throw error;
  }
}
