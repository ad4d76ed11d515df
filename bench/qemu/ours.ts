/**
 * `bun bench/qemu/ours.ts MODULE ENGINE KERNEL N SAMPLES`: runs the module on a machine of ours until it is warm, and then prints a line
 * "CHECKSUM NANOSECONDS" for each sample, the time being that of this process and its compiler threads.
 */
import { readFileSync } from "node:fs";
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { Machine, type MachineOptions } from "../../src/machine.ts";
import { cpuTime } from "../clock.ts";
import { Samples } from "./samples.ts";

const [file, engine, kernel, n, count] = process.argv.slice(2);
/** More than any process takes. */
const ENDLESS = 1_000_000;
const samples = new Samples(Number(count), engine !== "interp");
let last = 0;
let text = "";
const machine = new Machine({
  firmware: new Uint8Array(
    readFileSync(new URL("../../src/firmware/prebuilt/firmware.elf", import.meta.url)),
  ),
  disk: FatVolume.format(new RamDevice(4 * 1048576)).device,
  engine: engine as MachineOptions["engine"],
  output: (bytes) => {
    text += Buffer.from(bytes).toString("latin1");
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      const now = cpuTime();
      const [sum] = text.slice(0, end).trim().split(" ");
      if (sum && samples.add(sum, now - last)) process.exit();
      last = cpuTime();
      text = text.slice(end + 1);
    }
  },
  diagnostics: (line) => console.error(line),
});
machine.boot("lines");
machine.kernel.run({ skipIdle: true, untilTick: 100 });
machine.vfs.writeFile("/k.mo", new Uint8Array(readFileSync(file)));
machine.runModule("/k.mo", `k ${kernel} ${n} ${ENDLESS}`);
last = cpuTime();
for (;;) {
  const { why } = machine.kernel.run({ skipIdle: true });
  if (why === "idle" || why === "halted") break;
}
throw new Error(`the module ended before ${count} samples`);
