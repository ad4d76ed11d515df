/** msh, the shell of RT-Thread: line editor, commands, scripts, and the thread that runs them. */
export { BUILD_DATE, banner, type BootDisk, bootText } from "./boot-text.ts";
export { COMMANDS } from "./commands/table.ts";
export { commonPrefix } from "./completion.ts";
export type { LineOutcome } from "./execute.ts";
export { SHELL_ROWS } from "./exports.ts";
export { HISTORY_LINES } from "./history.ts";
export { LineEditor } from "./line-editor.ts";
export { listTexts } from "./lists.ts";
export { RichEditor } from "./rich/editor.ts";
export { LineHistory } from "./rich/history.ts";
export { Shell } from "./shell.ts";
export type {
  Command,
  FileSystems,
  ListName,
  ListTexts,
  ModuleRunner,
  RichEditing,
  ShellParts,
  TransferEvent,
  TransferProgress,
  TransferWait,
} from "./types.ts";
export { SHELL_FIGURES } from "./stack-figures.ts";
