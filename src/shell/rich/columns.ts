/** Names in columns, read downwards as `ls` shows them. */
export function inColumns(names: readonly string[], columns: number): string {
  const width = Math.max(...names.map((name) => Bun.stringWidth(name))) + 2;
  const across = Math.max(1, Math.floor(columns / width));
  const rows = Math.ceil(names.length / across);
  let text = "";
  for (let row = 0; row < rows; row++) {
    for (let at = row; at < names.length; at += rows) {
      const last = at + rows >= names.length;
      text += names[at] + (last ? "" : " ".repeat(width - Bun.stringWidth(names[at])));
    }
    text += "\n";
  }
  return text;
}
