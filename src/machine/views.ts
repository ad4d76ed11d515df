import { type Kernel, ObjectClass } from "../kernel/mod.ts";
import type { DeviceNode } from "../vfs/mod.ts";

/** RT_Device_Class_Char, _Block and _Pipe; the class is the byte behind struct rt_object. */
const KINDS: Readonly<Record<number, DeviceNode["kind"]>> = {
  0: "character",
  1: "block",
  15: "pipe",
};
const DEVICE_TYPE = 24;

/** The registered devices, newest first, as devfs shows them. */
export function deviceNodes(kernel: Kernel): DeviceNode[] {
  if (kernel.objects.list(ObjectClass.Device).length === 0)
    return [{ name: "uart0", block: false }];
  return kernel.objects.list(ObjectClass.Device).map((device) => {
    const kind = KINDS[kernel.memory.ld8(device + DEVICE_TYPE)] ?? "other";
    return { name: kernel.objects.name(device), block: kind === "block", kind };
  });
}
