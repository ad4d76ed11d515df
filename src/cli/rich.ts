import { LineHistory, type RichEditing } from "../shell/mod.ts";
import { HistoryFile, historyPath, RICH_HISTORY } from "./history-file.ts";
import { columnsOf } from "./host-terminal.ts";
import type { Settings } from "./settings.ts";

/** The line editor of a terminal, when it is wanted; by default in a terminal that does not play a 4.0.4 board. */
export function richEditing(settings: Settings, terminal: boolean): RichEditing | undefined {
  const editing = settings.editing ?? (terminal && !settings.compat404 ? "rich" : "plain");
  if (editing === "plain") return undefined;
  const columns = (): number => (terminal ? columnsOf(1) : 0);
  const capacity = settings.history ?? RICH_HISTORY;
  const path = terminal ? historyPath(process.env) : undefined;
  if (path === undefined || capacity === 0) return { columns, history: new LineHistory(capacity) };
  const file = new HistoryFile(path, capacity);
  return { columns, history: new LineHistory(capacity, file.read(), (line) => file.add(line)) };
}
