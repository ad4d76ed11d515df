import { type DebugInfo, type Interval, Intervals } from "../dwarf/mod.ts";
import type { CodeCounts } from "./counters.ts";

interface Branch {
  taken: number | undefined;
  not: number | undefined;
}

/** What is known of one source file. */
interface Source {
  /** Line -> times executed. */
  readonly lines: Map<number, number>;
  /** Name -> line and calls. */
  readonly functions: Map<string, { line: number; calls: number }>;
  /** `line,block` -> the two ways of one conditional branch. */
  readonly branches: Map<string, Branch>;
}

/** Coverage by source file, in the format of lcov's tracefiles (geninfo(1)); runs add up. */
export class Coverage {
  private readonly sources = new Map<string, Source>();

  /**
   * Adds what a module executed; a module that nobody called adds its lines.
   *
   * @param conditional gives the addresses of the conditional branches in ranges of the module's code, executed or not
   */
  addModule(
    info: DebugInfo,
    counts: CodeCounts | undefined,
    conditional: (
      ranges: readonly { start: number; end: number }[],
    ) => readonly number[] = () => [],
  ): void {
    const declared = declarations(info);
    const rows = [...info.rows()].filter(({ line }) => line > 0);
    const executed = new Executed(counts);
    // A line's own count in this run: the most that any of its instructions was executed. Of several rows with one address all but the
    // last have no bytes; a line that has no others stands for the instruction there.
    const lines = new Map<Source, Map<number, number>>();
    const without = new Map<Source, Map<number, number>>();
    for (const { file, line: given, start, end } of rows) {
      const source = this.source(file);
      // gcov's habit: a function begins at its name, not at its brace.
      const line = Math.min(given, declared.get(start) ?? given);
      const byLine = end > start ? lines : without;
      let own = byLine.get(source);
      if (!own) byLine.set(source, (own = new Map()));
      own.set(line, Math.max(own.get(line) ?? 0, executed.most(start, Math.max(end, start + 1))));
    }
    for (const [source, empty] of without) {
      let own = lines.get(source);
      if (!own) lines.set(source, (own = new Map()));
      for (const [line, count] of empty) if (!own.has(line)) own.set(line, count);
    }
    for (const [source, own] of lines)
      for (const [line, count] of own)
        source.lines.set(line, (source.lines.get(line) ?? 0) + count);
    for (const { name, ranges, inlined, line: declaredAt } of info.allFunctions) {
      if (ranges.length === 0) continue;
      const { start } = ranges[0];
      const at = info.line(start);
      if (!at || at.line === 0) continue;
      const source = this.source(at.file);
      const line = inlined
        ? declaredAt || at.line
        : Math.min(at.line, declared.get(start) ?? at.line);
      const known = source.functions.get(name) ?? { line, calls: 0 };
      known.calls += inlined ? executed.copies(ranges) : (counts?.get(start)?.passed ?? 0);
      source.functions.set(name, known);
    }
    const covered = new Intervals(rows);
    const met = [...(counts ?? [])].filter(([at, { branches }]) => branches > 0 && covered.has(at));
    // All of them, so that each has the same number in every run.
    const addresses = new Set([...conditional(rows), ...met.map(([at]) => at)]);
    this.addBranches(info, counts, [...addresses]);
  }

  private addBranches(
    info: DebugInfo,
    counts: CodeCounts | undefined,
    addresses: readonly number[],
  ): void {
    const blocks = new Map<string, number>();
    for (const address of addresses.toSorted((a, b) => a - b)) {
      const at = info.line(address);
      if (!at || at.line === 0) continue;
      const place = `${at.file}:${at.line}`;
      const block = blocks.get(place) ?? 0;
      blocks.set(place, block + 1);
      const { branches } = this.source(at.file);
      const key = `${at.line},${block}`;
      const known = branches.get(key) ?? { taken: undefined, not: undefined };
      const execution = counts?.get(address);
      if (execution && execution.branches > 0) {
        known.taken = (known.taken ?? 0) + execution.taken;
        known.not = (known.not ?? 0) + (execution.branches - execution.taken);
      }
      branches.set(key, known);
    }
  }

  /** Adds a tracefile. Lines that are none of its records are ignored. */
  addFile(text: string): void {
    let source: Source | undefined;
    for (const line of text.split("\n")) {
      const colon = line.indexOf(":");
      const fields = line.slice(colon + 1).split(",");
      const numbers = fields.map(Number);
      switch (line.slice(0, Math.max(colon, 0))) {
        case "SF":
          source = this.source(line.slice(3));
          break;
        case "FN":
          if (source && Number.isInteger(numbers[0])) {
            const name = fields.slice(1).join(",");
            if (!source.functions.has(name))
              source.functions.set(name, { line: numbers[0], calls: 0 });
          }
          break;
        case "FNDA": {
          const known = source?.functions.get(fields.slice(1).join(","));
          if (known && numbers[0] >= 0) known.calls += numbers[0];
          break;
        }
        case "DA":
          if (source && Number.isInteger(numbers[0]) && numbers[1] >= 0)
            source.lines.set(numbers[0], (source.lines.get(numbers[0]) ?? 0) + numbers[1]);
          break;
        case "BRDA":
          if (source && Number.isInteger(numbers[0])) addBranch(source, fields);
          break;
      }
    }
  }

  /** The tracefile. */
  text(): string {
    const out: string[] = [];
    for (const [file, { lines, functions, branches }] of [...this.sources].sort(([a], [b]) =>
      a < b ? -1 : 1,
    )) {
      out.push("TN:", `SF:${file}`);
      const byLine = [...functions].sort(([, a], [, b]) => a.line - b.line);
      for (const [name, { line }] of byLine) out.push(`FN:${line},${name}`);
      for (const [name, { calls }] of byLine) out.push(`FNDA:${calls},${name}`);
      out.push(`FNF:${byLine.length}`, `FNH:${byLine.filter(([, { calls }]) => calls > 0).length}`);
      const ways = [...branches].sort(([a], [b]) => compareKeys(a, b));
      let hit = 0;
      for (const [key, { taken, not }] of ways) {
        for (const [n, count] of [taken, not].entries()) {
          out.push(`BRDA:${key},${n},${count ?? "-"}`);
          if (count) hit++;
        }
      }
      out.push(`BRF:${2 * ways.length}`, `BRH:${hit}`);
      const sorted = [...lines].sort(([a], [b]) => a - b);
      for (const [line, count] of sorted) out.push(`DA:${line},${count}`);
      out.push(`LF:${sorted.length}`, `LH:${sorted.filter(([, count]) => count > 0).length}`);
      out.push("end_of_record");
    }
    return `${out.join("\n")}\n`;
  }

  /** Lines and covered lines of all files. */
  get summary(): { readonly lines: number; readonly covered: number } {
    let lines = 0;
    let covered = 0;
    for (const source of this.sources.values())
      for (const count of source.lines.values()) {
        lines++;
        if (count > 0) covered++;
      }
    return { lines, covered };
  }

  private source(file: string): Source {
    let source = this.sources.get(file);
    if (!source) {
      source = { lines: new Map(), functions: new Map(), branches: new Map() };
      this.sources.set(file, source);
    }
    return source;
  }
}

/** Lines of the names of functions, by their first addresses. */
function declarations(info: DebugInfo): Map<number, number> {
  const found = new Map<number, number>();
  for (const { inlined, ranges, line } of info.allFunctions)
    if (!inlined && line > 0 && ranges.length > 0) found.set(ranges[0].start, line);
  return found;
}

/** Counts by address: what DWARF claims a range to be costs no more than what was executed in it. */
class Executed {
  private readonly addresses: readonly number[];

  constructor(private readonly counts: CodeCounts | undefined) {
    this.addresses = [...(counts?.keys() ?? [])].sort((a, b) => a - b);
  }

  /** The most that an instruction of a range was executed. */
  most(start: number, end: number): number {
    const { addresses } = this;
    let low = 0;
    let high = addresses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (addresses[middle] < start) low = middle + 1;
      else high = middle;
    }
    let most = 0;
    for (let n = low; n < addresses.length && addresses[n] < end; n++)
      most = Math.max(most, this.counts?.get(addresses[n])?.executed ?? 0);
    return most;
  }

  /** Times that a copy of a function was begun; code of it that was moved elsewhere says at least that it ran. */
  copies(ranges: readonly Interval[]): number {
    const first = this.counts?.get(ranges[0].start)?.executed ?? 0;
    if (first > 0) return first;
    return ranges.some(({ start, end }) => this.most(start, end) > 0) ? 1 : 0;
  }
}

function addBranch(source: Source, [line, block, way, count]: readonly string[]): void {
  const key = `${line},${block}`;
  const known = source.branches.get(key) ?? { taken: undefined, not: undefined };
  const value = count === "-" || count === undefined ? undefined : Number(count);
  if (value !== undefined && Number.isFinite(value)) {
    if (way === "0") known.taken = (known.taken ?? 0) + value;
    else known.not = (known.not ?? 0) + value;
  }
  source.branches.set(key, known);
}

function compareKeys(a: string, b: string): number {
  const [line, block] = a.split(",").map(Number);
  const [otherLine, otherBlock] = b.split(",").map(Number);
  return line - otherLine || block - otherBlock;
}
