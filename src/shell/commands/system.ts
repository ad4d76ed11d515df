import { banner } from "../boot-text.ts";
import type { CommandContext, ListName } from "../types.ts";

export function help({ kernel, commands }: CommandContext): void {
  kernel.console.print(helpText(commands));
}

/** What `help` prints: every command with its help text. */
export function helpText(commands: readonly { name: string; help: string }[]): string {
  const rows = commands.map(({ name, help }) => `${name.padEnd(16)} - ${help}\n`);
  return `RT-Thread shell commands:\n${rows.join("")}\n`;
}

/** A command that prints one of the kernel's lists, whatever its arguments are. */
export const list =
  (name: ListName) =>
  ({ kernel, lists }: CommandContext): void =>
    kernel.console.print(lists(name));

/** list_module; `-v` also shows states, sizes and how the last modules ended, which 4.0.4 does not have. */
export function listModule(context: CommandContext, argv: readonly string[]): void {
  const verbose = argv[1] === "-v" && !context.kernel.options.compat404;
  list(verbose ? "module -v" : "module")(context);
}

export function ps(context: CommandContext, argv: readonly string[]): void {
  list(argv[1] === "-m" ? "module" : "thread")(context);
}

export function exit(context: CommandContext): void {
  context.setMode("finsh");
}

export function clear({ kernel }: CommandContext): void {
  kernel.console.print("\x1b[2J\x1b[H");
}

export function version({ kernel, buildDate }: CommandContext): void {
  kernel.console.print(banner(buildDate));
}

export function listSymbols({ kernel, symbols }: CommandContext): void {
  for (const { name, address } of symbols.entries())
    kernel.console.print(`${name} => 0x${(address >>> 0).toString(16).padStart(8, "0")}\n`);
}

/** Interrupt lines of the board's controller, 32 to a register. */
const GIC_REGISTERS = 3;

/** The simulated board has no interrupt controller to look into: what one without pending interrupts shows. */
export function gicDump({ kernel }: CommandContext): void {
  const idle = "0x00000000, ".repeat(GIC_REGISTERS);
  kernel.console.print(
    `--- high pending priority: 1023(000003ff)\n--- hw mask ---\n${idle}\n--- hw pending ---\n${idle}\n--- hw active ---\n${idle}\n`,
  );
}

/** Commands that look at memory heaps of class MemHeap; the reference system has none and prints nothing. */
export function noMemHeap(): void {}
