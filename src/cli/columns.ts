/** A name, and what it means. */
export type Row = readonly [name: string, meaning: string];

/** As wide as help is at the most, and where no terminal says how wide it is; in columns. */
const WIDEST = 100;
/** A narrower terminal breaks the lines itself. */
const NARROWEST = 60;

/** Columns of the terminal that help goes to. */
export function helpWidth(): number {
  const { columns } = process.stdout;
  return Math.max(NARROWEST, Math.min(columns ?? WIDEST, WIDEST));
}

/**
 * A table in lines of at most `width` columns: names two columns from the left, meanings from column `at` on. A name that comes too close
 * to its meaning has a line of its own.
 */
export function table(rows: readonly Row[], at: number, width: number): string {
  const margin = " ".repeat(at);
  return rows
    .flatMap(([name, meaning]) => {
      const lines = wrap(meaning, width - at);
      const head = `  ${name}`;
      if (head.length > at - 2) return [head, ...lines.map((line) => margin + line)];
      return lines.map((line, n) => (n === 0 ? head.padEnd(at) : margin) + line);
    })
    .map((line) => `${line}\n`)
    .join("");
}

/** A text in lines of at most `width` columns, broken between words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
