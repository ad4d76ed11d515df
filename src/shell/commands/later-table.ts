import type { Command } from "../types.ts";
import { kill, reboot, runningModules, sync } from "./control.ts";
import { list, LIST_KINDS } from "./list-five.ts";
import { ry, sy } from "./ymodem.ts";
import { hexdump, tail } from "./view.ts";

/** Commands that 4.0.4 does not have: those of RT-Thread 5 that people miss, and some of other shells. */
export const LATER_COMMANDS: readonly Command[] = [
  { name: "list", help: "list objects", run: list, choices: () => LIST_KINDS },
  { name: "tail", help: "print the last N-lines data of the given file", run: tail },
  { name: "hexdump", help: "print FILE in hexadecimal [offset [length]]", run: hexdump },
  { name: "kill", help: "end a running module", run: kill, choices: runningModules },
  { name: "killmod", help: "end a running module", run: kill, choices: runningModules },
  { name: "ry", help: "YMODEM Receive e.g: ry [path] [uart0] default by console.", run: ry },
  { name: "sy", help: "YMODEM Send e.g: sy file... [uart0] default by console.", run: sy },
  { name: "sync", help: "write everything to the disk", run: sync },
  { name: "reboot", help: "start the system again", run: reboot },
];
