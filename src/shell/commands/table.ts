import type { Command } from "../types.ts";
import { cp } from "./copy.ts";
import { date, listDate } from "./date.ts";
import { cd, ls, mkdir, pwd } from "./directories.ts";
import { df, listFd, mkfs, mount, umount } from "./file-systems.ts";
import { cat, echo, mv } from "./files.ts";
import { memcheck, memtrace } from "./memory.ts";
import { rm } from "./remove.ts";
import * as system from "./system.ts";

/** The commands of the reference build without network, in the order `help` and completion show them. */
export const COMMANDS: readonly Command[] = [
  { name: "memcheck", help: "check memory data", run: memcheck },
  { name: "memtrace", help: "dump memory trace information", run: memtrace },
  { name: "memheaptrace", help: "dump memory trace information", run: system.noMemHeap },
  { name: "memtrace_heap", help: "dump memory trace for heap", run: system.noMemHeap },
  { name: "gic_dump", help: "show gic status", run: system.gicDump },
  { name: "list_date", help: "show date and time (local timezone)", run: listDate },
  {
    name: "date",
    help: "get date and time or set (local timezone) [year month day hour min sec]",
    run: date,
  },
  { name: "list_symbols", help: "list symbols information", run: system.listSymbols },
  { name: "list_module", help: "list modules in system", run: system.listModule },
  { name: "list_fd", help: "list file descriptor", run: listFd },
  { name: "ls", help: "List information about the FILEs.", run: ls, mute: true },
  { name: "cp", help: "Copy SOURCE to DEST.", run: cp, mute: true },
  { name: "mv", help: "Rename SOURCE to DEST.", run: mv, mute: true },
  { name: "cat", help: "Concatenate FILE(s)", run: cat, mute: true },
  { name: "rm", help: "Remove(unlink) the FILE(s).", run: rm, mute: true },
  { name: "cd", help: "Change the shell working directory.", run: cd, mute: true },
  { name: "pwd", help: "Print the name of the current working directory.", run: pwd },
  { name: "mkdir", help: "Create the DIRECTORY.", run: mkdir, mute: true },
  { name: "mkfs", help: "format disk with file system", run: mkfs, mute: true },
  { name: "mount", help: "mount <device> <mountpoint> <fstype>", run: mount },
  { name: "umount", help: "Unmount device from file system", run: umount },
  { name: "df", help: "disk free", run: df },
  { name: "echo", help: "echo string to file", run: echo, mute: true },
  { name: "exit", help: "return to RT-Thread shell mode.", run: system.exit },
  { name: "help", help: "RT-Thread shell help.", run: system.help },
  { name: "ps", help: "List threads in the system.", run: system.ps },
  { name: "free", help: "Show the memory usage in the system.", run: system.list("free") },
  { name: "clear", help: "clear the terminal screen", run: system.clear },
  { name: "version", help: "show RT-Thread version information", run: system.version },
  { name: "list_thread", help: "list thread", run: system.list("thread") },
  { name: "list_sem", help: "list semaphore in system", run: system.list("sem") },
  { name: "list_event", help: "list event in system", run: system.list("event") },
  { name: "list_mutex", help: "list mutex in system", run: system.list("mutex") },
  { name: "list_mailbox", help: "list mail box in system", run: system.list("mailbox") },
  { name: "list_msgqueue", help: "list message queue in system", run: system.list("msgqueue") },
  { name: "list_memheap", help: "list memory heap in system", run: system.list("memheap") },
  { name: "list_mempool", help: "list memory pool in system", run: system.list("mempool") },
  { name: "list_timer", help: "list timer in system", run: system.list("timer") },
  { name: "list_device", help: "list device in system", run: system.list("device") },
];
