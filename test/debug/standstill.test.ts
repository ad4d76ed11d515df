import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { Machine } from "../../src/machine.ts";

const root = join(import.meta.dir, "../..");

test("where the threads of a module stand, from the frames on their stacks", () => {
  const machine = new Machine({
    firmware: readFileSync(join(root, "src/firmware/prebuilt/firmware.elf")),
    disk: FatVolume.format(new RamDevice(4 << 20)).device,
    output: () => {},
  });
  machine.boot("lines");
  machine.kernel.run({ skipIdle: false });
  machine.vfs.writeFile("/t.mo", readFileSync(join(root, "disk/prebuilt/a9/threads.mo")));
  machine.runModule("/t.mo", "t");
  // Until all of them wait: the producer sleeps, the consumer and main wait for semaphores.
  while (machine.kernel.run({ skipIdle: false }).why !== "idle");
  const text = machine.reports.threadTraces();
  const stand = (name: string) =>
    new RegExp(`thread ${name} stands at\n((?:  #.*\n?)+)`).exec(text)?.[1];
  expect(stand("t")).toMatch(
    /#0 0x\w+ {2}rt_sem_take\+0x\w+\n {2}#1 0x\w+ {2}t\+0x\w+ \(main\+0x\w+\)/,
  );
  expect(stand("producer")).toMatch(/#0 0x\w+ {2}rt_thread_mdelay\+0x\w+\n {2}#1 0x\w+ {2}t\+/);
  expect(stand("consumer")).toMatch(/#0 0x\w+ {2}rt_sem_take\+0x\w+\n {2}#1 0x\w+ {2}t\+/);
  machine.close();
});
