import { listModules, type Loader } from "../dlmodule/mod.ts";
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
  ObjectClass,
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
    if (name === "module") return listModule(kernel, loader);
    return name === "module -v" ? listModules(loader) : KERNEL[name](kernel);
  };

/** list_module: modules that another module opened or started are in that one's list and not shown. */
function listModule(kernel: Kernel, loader: Modules): string {
  const rows = kernel.objects.list(ObjectClass.Module).map((address) => {
    const module = loader.module(address);
    const memory = ((module?.memory ?? 0) >>> 0).toString(16).padStart(8, "0");
    const name = kernel.objects.name(address).slice(0, 8).padEnd(8);
    return `${name} ${String(module?.nref ?? 0).padEnd(4)}  0x${memory}\n`;
  });
  return `module   ref      address \n-------- -------- ------------\n${rows.join("")}`;
}
