import type { LoaderParts } from "./context.ts";
import type { Audit } from "./audit.ts";
import type { Endings } from "./endings.ts";
import type { Registry } from "./registry.ts";

/** Has the kernel and the file system tell the loader of what modules do; 4.0.4 keeps no account of objects and devices. */
export function setHooks(
  { kernel, vfs }: LoaderParts,
  registry: Registry,
  audit: Audit,
  endings: Endings,
): void {
  kernel.hooks.allocated = (address, size) => audit.allocations.allocated(address, size);
  kernel.hooks.freed = (address) => audit.allocations.freed(address);
  kernel.hooks.variablesAt = (address) => registry.variablesAt(address);
  kernel.hooks.endsItself = (thread) => endings.endsItself(thread);
  kernel.hooks.callbackFailed = (thread) => endings.callbackFailed(thread);
  // As a shell of POSIX says it.
  kernel.hooks.signalled = (signal) => endings.exit("killed", 128 + signal, false);
  vfs.opened = (fd) => audit.opened(fd);
  if (!kernel.options.compat404) {
    kernel.hooks.objectMade = (object) => audit.origins.made(object);
    kernel.hooks.objectGone = (object) => audit.origins.gone(object);
    kernel.hooks.callbackSet = (place, callback) => audit.callbacks.set(place, callback);
    kernel.hooks.deviceOpened = (device) => audit.deviceOpened(device);
    kernel.hooks.deviceClosed = (device) => audit.deviceClosed(device);
  }
}
