import type { Call } from "./call-target.ts";

export interface GraphFunction {
  readonly name: string;
  /** Without bit 0. */
  readonly address: number;
  /** Bytes of its own; null when computed at run time. */
  readonly stack: number | null;
  readonly calls: readonly Call[];
}

export interface Depth {
  /** Bytes down the deepest chain of calls inside the module; null when there is no bound, or a function computes its own. */
  readonly deepest: number | null;
  /** Functions of a recursion that the chain may come to, in the order of their calls, the first 40: one array for all that come to it. */
  readonly recursion?: readonly string[];
  /** How many functions that recursion has. */
  readonly recursionLength?: number;
  /** Some of the calls go through pointers that the code does not give away, and are not counted. */
  readonly throughPointers: boolean;
}

interface State {
  depth: number;
  bound: boolean;
  recursion: Circle | undefined;
  pointers: boolean;
}

interface Circle {
  readonly names: readonly string[];
  readonly length: number;
}

/** Names of one circle that a report carries; every function that may come to it carries them. */
const CIRCLE_MAX = 40;
/** Letters of those names: one may have 8192. */
const LETTERS_MAX = 4000;

/**
 * How deep the calls of each function go. A recursion has no bound that the code shows; jumps to another function at the end of one give
 * the frame back first, and a circle of those alone is a loop. What other modules, the C library and the kernel take is not counted.
 */
export function stackDepths(functions: readonly GraphFunction[]): Depth[] {
  const byAddress = new Map(functions.map((fn, n) => [fn.address, n]));
  const edges = functions.map(({ calls }) => {
    const known = new Map<number, boolean>();
    for (const { target, tail } of calls) {
      const to = typeof target === "number" ? byAddress.get(target) : undefined;
      // Called in both ways: the frame may be there.
      if (to !== undefined) known.set(to, tail && known.get(to) !== false);
    }
    return [...known].map(([to, tail]) => ({ to, tail }));
  });
  const states: State[] = [];
  // Components come out with what they call before them.
  for (const component of components(edges)) {
    const inside = new Set(component);
    const cycle = cycleOf(component, inside, edges);
    const total: State = { depth: 0, bound: true, recursion: undefined, pointers: false };
    const entries = component.map((n) => {
      const { stack, calls } = functions[n];
      const below = { depth: 0, tail: 0 };
      for (const { to, tail } of edges[n]) {
        const state = inside.has(to) ? undefined : states[to];
        if (!state) continue;
        if (tail) below.tail = Math.max(below.tail, state.depth);
        else below.depth = Math.max(below.depth, state.depth);
        if (!state.bound) total.bound = false;
        total.recursion ??= state.recursion;
        if (state.pointers) total.pointers = true;
      }
      const known = ({ target }: Call) => target === null || byAddress.has(target ?? -1);
      if (!calls.every(known)) total.pointers = true;
      if (stack === null) total.bound = false;
      return Math.max((stack ?? 0) + below.depth, below.tail);
    });
    if (cycle) {
      total.bound = false;
      total.recursion = { names: firstNames(cycle, functions), length: cycle.length };
    }
    for (const depth of entries) total.depth = Math.max(total.depth, depth);
    for (const n of component) states[n] = total;
  }
  return states.map(({ depth, bound, recursion, pointers }) => ({
    deepest: bound ? depth : null,
    ...(recursion ? { recursion: recursion.names, recursionLength: recursion.length } : {}),
    throughPointers: pointers,
  }));
}

/** At least one. */
function firstNames(cycle: readonly number[], functions: readonly GraphFunction[]): string[] {
  const names: string[] = [];
  let letters = 0;
  for (const n of cycle.slice(0, CIRCLE_MAX)) {
    letters += functions[n].name.length;
    if (letters > LETTERS_MAX && names.length > 0) break;
    names.push(functions[n].name);
  }
  return names;
}

type Edges = readonly (readonly { readonly to: number; readonly tail: boolean }[])[];

/** A shortest circle of the component in which a frame stays; undefined when there is none. */
function cycleOf(
  component: readonly number[],
  inside: ReadonlySet<number>,
  edges: Edges,
): number[] | undefined {
  let shortest: number[] | undefined;
  let searches = 0;
  for (const from of component)
    for (const { to, tail } of edges[from]) {
      if (tail || !inside.has(to)) continue;
      // Back from `to` to `from`, breadth first.
      const parents = new Map([[to, to]]);
      for (const n of parents.keys())
        for (const { to: next } of edges[n])
          if (inside.has(next) && !parents.has(next)) parents.set(next, n);
      const path = [from];
      for (let n = from; n !== to;) {
        n = parents.get(n)!;
        path.push(n);
      }
      if (!shortest || path.length < shortest.length) shortest = path.reverse();
      if (shortest.length === 1 || component.length > SEARCH_MAX || ++searches > SEARCH_MAX)
        return shortest;
    }
  return shortest;
}

/** In larger components, and after so many searches, any circle will do. */
const SEARCH_MAX = 100;

/** Strongly connected components, callees first (Tarjan's algorithm, without recursion). */
function components(edges: Edges): number[][] {
  const found: number[][] = [];
  const index = new Int32Array(edges.length).fill(-1);
  const low = new Int32Array(edges.length);
  const open = new Uint8Array(edges.length);
  const stack: number[] = [];
  let count = 0;
  const enter = (n: number): { n: number; next: number } => {
    index[n] = low[n] = count++;
    stack.push(n);
    open[n] = 1;
    return { n, next: 0 };
  };
  for (let root = 0; root < edges.length; root++) {
    if (index[root] >= 0) continue;
    const walk = [enter(root)];
    for (let top = walk.at(-1); top; top = walk.at(-1)) {
      const edge = edges[top.n][top.next++];
      if (edge) {
        if (index[edge.to] < 0) walk.push(enter(edge.to));
        else if (open[edge.to]) low[top.n] = Math.min(low[top.n], index[edge.to]);
        continue;
      }
      walk.pop();
      const parent = walk.at(-1);
      if (parent) low[parent.n] = Math.min(low[parent.n], low[top.n]);
      if (low[top.n] !== index[top.n]) continue;
      const component: number[] = [];
      for (let n = -1; n !== top.n;) {
        n = stack.pop()!;
        open[n] = 0;
        component.push(n);
      }
      found.push(component);
    }
  }
  return found;
}
