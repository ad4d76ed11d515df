/** One measured number. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The best and the worst of the runs behind `value`. */
  readonly range?: readonly [best: number, worst: number];
  /** What was run, and how `value` follows from the runs. */
  readonly how: string;
}

/** Figures that answer one question; `quick` takes fewer runs. */
export interface Section {
  readonly question: string;
  figures(quick: boolean): Figure[] | Promise<Figure[]>;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** The median of the runs. */
export function figure(name: string, unit: string, runs: readonly number[], how: string): Figure {
  const range = [Math.min(...runs), Math.max(...runs)] as const;
  return { name, value: median(runs), unit, range, how };
}

/** Three digits, whatever the size. */
export function short(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}

export function showSection(question: string, figures: readonly Figure[]): string {
  const name = Math.max(...figures.map((f) => f.name.length));
  const unit = Math.max(...figures.map((f) => f.unit.length));
  const lines = figures.map(({ name: label, value, unit: of, range, how }) => {
    const spread = range ? `${short(range[0])}..${short(range[1])}` : "";
    return `  ${label.padEnd(name)}  ${short(value).padStart(7)} ${of.padEnd(unit)}  ${spread.padEnd(14)} ${how}`;
  });
  return [question, ...lines, ""].join("\n");
}
