import type { FunctionName } from "./names.ts";
import type { Profile } from "./profile.ts";

/** Lines `thread;outer;inner count`, as flame graph tools read them. */
export function folded({ threads }: Profile): string {
  const lines = new Map<string, number>();
  const clean = (name: string) => name.replace(/[;\n ]/g, "_");
  for (const { name, stacks } of threads) {
    for (const { stack, count } of stacks) {
      const key = [name, ...stack.map((fn) => fn.name)].map(clean).join(";");
      lines.set(key, (lines.get(key) ?? 0) + count);
    }
  }
  return [...lines].map(([stack, count]) => `${stack} ${count}\n`).join("");
}

/** The file format of speedscope (https://www.speedscope.app/file-format-schema.json): one sampled profile for each thread. */
export function speedscope({ threads }: Profile, name: string): string {
  const frames: { name: string; file?: string; line?: number }[] = [];
  const ids = new Map<FunctionName, number>();
  const idOf = (fn: FunctionName): number => {
    let id = ids.get(fn);
    if (id === undefined) {
      id = frames.length;
      ids.set(fn, id);
      frames.push({
        name: fn.name,
        ...(fn.file && { file: fn.file }),
        ...(fn.line > 0 && { line: fn.line }),
      });
    }
    return id;
  };
  const profiles = threads.map((thread) => ({
    type: "sampled",
    name: thread.name,
    unit: "none",
    startValue: 0,
    endValue: thread.total,
    samples: thread.stacks.map(({ stack }) => stack.map(idOf)),
    weights: thread.stacks.map(({ count }) => count),
  }));
  return `${JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name,
    exporter: "rtt-sim",
    activeProfileIndex: 0,
    shared: { frames },
    profiles,
  })}\n`;
}

interface Node {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  hitCount: number;
  readonly children: number[];
  positionTicks?: { line: number; ticks: number }[];
}

/** Type Profile of the Chrome DevTools protocol; an instruction stands for a microsecond. Threads are the root's children. */
export function cpuprofile({ threads, lines }: Profile): string {
  const nodes: Node[] = [];
  const make = (parent: Node | undefined, name: string, url: string, line: number): Node => {
    const callFrame = {
      functionName: name,
      scriptId: "0",
      url,
      // Counted from 0.
      lineNumber: line - 1,
      columnNumber: 0,
    };
    const node: Node = { id: nodes.length + 1, callFrame, hitCount: 0, children: [] };
    nodes.push(node);
    parent?.children.push(node.id);
    return node;
  };
  const root = make(undefined, "(root)", "", 0);
  const samples: number[] = [];
  // A sample lasts until the next one: each delta is the time before its sample.
  const timeDeltas: number[] = [0];
  const first = new Map<FunctionName, Node>();
  for (const { name, stacks } of threads) {
    const top = make(root, `thread ${name}`, "", 0);
    const below = new Map<Node, Map<FunctionName, Node>>();
    for (const { stack, count } of stacks) {
      let node = top;
      for (const fn of stack) {
        let children = below.get(node);
        if (!children) below.set(node, (children = new Map()));
        let child = children.get(fn);
        if (!child) children.set(fn, (child = make(node, fn.name, fn.file, fn.line)));
        if (!first.has(fn)) first.set(fn, child);
        node = child;
      }
      node.hitCount += count;
      samples.push(node.id);
      timeDeltas.push(count);
    }
  }
  samples.push(root.id);
  // Lines belong to functions, whoever called them: each has them once.
  for (const [fn, node] of first) {
    const ticks = [...(lines.get(fn) ?? [])].filter(([line]) => line > 0);
    if (ticks.length > 0)
      node.positionTicks = ticks.sort(([a], [b]) => a - b).map(([line, n]) => ({ line, ticks: n }));
  }
  const endTime = timeDeltas.reduce((total, delta) => total + delta, 0);
  return `${JSON.stringify({ nodes, startTime: 0, endTime, samples, timeDeltas })}\n`;
}

/** The functions that took most instructions, one line each. */
export function top({ functions, total }: Profile, count: number): string {
  const rows = functions.slice(0, count).map(({ fn, count: n }) => {
    const share = total === 0 ? 0 : (100 * n) / total;
    const where = fn.file === "" ? "firmware" : fn.line > 0 ? `${fn.file}:${fn.line}` : fn.file;
    return `${String(n).padStart(14)}  ${share.toFixed(1).padStart(5)} %  ${fn.name}  (${where})`;
  });
  return [`${"instructions".padStart(14)}  share    function`, ...rows].join("\n");
}
