import type { Task } from "../../kernel/call.ts";
import { setDate, setTime } from "../../kernel/mod.ts";
import { GuestFault } from "../../memory/mod.ts";
import { moduleFunctions } from "../module-commands.ts";
import type { CommandContext } from "../types.ts";

/** A function of the C mode. */
export interface FinshFunction {
  readonly name: string;
  readonly help: string;
  readonly run: (context: CommandContext, args: readonly number[]) => number | Task<number>;
}

/** No path is longer. */
const MAX_TEXT = 1024;

/**
 * Runs the msh command with the same work; the C functions of the original share their code with them. Arguments are texts; one that
 * points to no memory counts as left out, as NULL does.
 */
const command =
  (name: string) =>
  (context: CommandContext, args: readonly number[]): number | Task<number> => {
    const found = context.commands.find((row) => row.name === name);
    const words = args.flatMap((arg) => textAt(context, arg) ?? []);
    const answer = found?.run(context, [name, ...words]) ?? 0;
    if (typeof answer === "object") return done(answer);
    return found?.mute ? 0 : answer;
  };

function textAt({ kernel }: CommandContext, address: number): string | undefined {
  try {
    return kernel.memory.cstring(address >>> 0, MAX_TEXT);
  } catch (error) {
    if (!(error instanceof GuestFault)) throw error;
    return undefined;
  }
}

function* done(task: Task<number | void>): Task<number> {
  return (yield* task) ?? 0;
}

const hello: FinshFunction["run"] = ({ kernel }) => {
  kernel.console.print("Hello RT-Thread!\n");
  return 0;
};

/** list_mem has no result of its own: what it leaves is the length of the last text printed. */
const listMem: FinshFunction["run"] = ({ kernel, lists }) => {
  const text = lists("free");
  kernel.console.print(text);
  return text.length - text.lastIndexOf("\n", text.length - 2) - 1;
};

/** set_date(y, m, d) and set_time(h, m, s). */
const setClock =
  (set: typeof setDate): FinshFunction["run"] =>
  ({ kernel }, [a = 0, b = 0, c = 0]) =>
    set(kernel, a, b, c);

const leave: FinshFunction["run"] = (context) => {
  context.setMode("msh");
  return 0;
};

const list: FinshFunction["run"] = (context) => {
  const row = ({ name, help }: { name: string; help: string }): string =>
    `${name.padEnd(16)} -- ${help}\n`;
  const added = moduleFunctions(context).filter(({ command }) => !command);
  const functions = [...FUNCTIONS, ...added].map(row).join("");
  const variables = VARIABLES.map(row).join("");
  context.kernel.console.print(`--Function List:\n${functions}--Variable List:\n${variables}`);
  return 0;
};

/** A board without pins: nothing to set, every pin reads 0. */
const pins = (): number => 0;

/** The functions of the reference build, in the order `list()` shows them. */
export const FUNCTIONS: readonly FinshFunction[] = [
  { name: "list_mem", help: "list memory usage information", run: listMem },
  { name: "list_date", help: "show date and time (local timezone)", run: command("list_date") },
  {
    name: "set_date",
    help: "set date(local timezone) e.g: set_date(2010,2,28)",
    run: setClock(setDate),
  },
  {
    name: "set_time",
    help: "set time(local timezone) e.g: set_time(23,59,59)",
    run: setClock(setTime),
  },
  { name: "pinMode", help: "set hardware pin mode", run: pins },
  { name: "pinWrite", help: "write value to hardware pin", run: pins },
  { name: "pinRead", help: "read status from hardware pin", run: pins },
  { name: "pinGet", help: "get pin number from hardware pin", run: pins },
  { name: "mkdir", help: "create a directory", run: command("mkdir") },
  { name: "cd", help: "change current working directory", run: command("cd") },
  { name: "mkfs", help: "make a file system", run: command("mkfs") },
  { name: "df", help: "get disk free", run: command("df") },
  { name: "ls", help: "list directory contents", run: command("ls") },
  { name: "rm", help: "remove files or directories", run: command("rm") },
  { name: "cat", help: "print file", run: command("cat") },
  { name: "copy", help: "copy file or dir", run: command("cp") },
  { name: "msh", help: "use module shell", run: leave },
  { name: "hello", help: "say hello world", run: hello },
  { name: "clear", help: "clear the terminal screen", run: command("clear") },
  { name: "version", help: "show RT-Thread version information", run: command("version") },
  { name: "list_thread", help: "list thread", run: command("list_thread") },
  { name: "list_sem", help: "list semaphore in system", run: command("list_sem") },
  { name: "list_event", help: "list event in system", run: command("list_event") },
  { name: "list_mutex", help: "list mutex in system", run: command("list_mutex") },
  { name: "list_mailbox", help: "list mail box in system", run: command("list_mailbox") },
  { name: "list_msgqueue", help: "list message queue in system", run: command("list_msgqueue") },
  { name: "list_memheap", help: "list memory heap in system", run: command("list_memheap") },
  { name: "list_mempool", help: "list memory pool in system", run: command("list_mempool") },
  { name: "list_timer", help: "list timer in system", run: command("list_timer") },
  { name: "list_device", help: "list device in system", run: command("list_device") },
  { name: "list", help: "list all symbol in system", run: list },
];

export const VARIABLES = [{ name: "dummy", help: "dummy variable for finsh" }] as const;
