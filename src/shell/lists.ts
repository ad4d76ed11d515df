import { listModules, type Loader, moduleTable } from "../dlmodule/mod.ts";
import {
  type Kernel,
  listDevice,
  listEvent,
  listMailbox,
  listMem,
  listMemheap,
  listMempool,
  listMsgqueue,
  listMutex,
  listSem,
  listThread,
  listTimer,
} from "../kernel/mod.ts";
import type { ListName, ListTexts } from "./types.ts";

const KERNEL: Record<Exclude<ListName, "module" | "module -v">, (kernel: Kernel) => string> = {
  thread: listThread,
  sem: listSem,
  event: listEvent,
  mutex: listMutex,
  mailbox: listMailbox,
  msgqueue: listMsgqueue,
  memheap: listMemheap,
  mempool: listMempool,
  timer: listTimer,
  device: listDevice,
  free: listMem,
};

/** What the lists need of the loader. */
type Modules = Pick<Loader, "module" | "modules" | "ended">;

/** The lists of a kernel and its loader. */
export const listTexts =
  (kernel: Kernel, loader: Modules): ListTexts =>
  (name) => {
    if (name === "module") return moduleTable(kernel, loader);
    return name === "module -v" ? listModules(loader) : KERNEL[name](kernel);
  };
