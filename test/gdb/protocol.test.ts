import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import {
  DebugCore,
  encodePacket,
  PACKET_MAX,
  Session,
  Signal,
  SystemTarget,
} from "../../src/gdb/mod.ts";
import { Machine } from "../../src/machine.ts";

const root = join(import.meta.dir, "../..");
const firmware = readFileSync(join(root, "src/firmware/prebuilt/firmware.elf"));

/** A machine that stands before main of hello.mo, and a session with it. */
function stopped() {
  let core!: DebugCore;
  const sent: Uint8Array[] = [];
  const machine = new Machine({
    firmware,
    disk: FatVolume.format(new RamDevice(4 << 20)).device,
    output: () => {},
    instrument: { core: (cpu) => (core = new DebugCore(cpu)) },
  });
  const { kernel, loader, vfs } = machine;
  const target = new SystemTarget(
    { kernel, loader, firmware: machine.firmware, vfs, image: firmware, core },
    { kill: () => {}, restart: () => false },
  );
  machine.boot("lines");
  kernel.run({ skipIdle: false });
  vfs.writeFile("/hello.mo", readFileSync(join(root, "disk/prebuilt/a9/hello.mo")));
  loader.onStart(({ address }) =>
    core.onArrival(loader.module(address)!.entry, () => core.halt({ signal: Signal.TRAP })),
  );
  machine.runModule("/hello.mo", "hello");
  while (!core.stop) kernel.run({ skipIdle: true });
  core.attached = true;
  const session = new Session(target, (bytes) => sent.push(bytes.slice()), target.stop!);
  const ask = (payload: string): string => {
    sent.length = 0;
    session.receive(encodePacket(payload));
    const answer = sent.map((bytes) => Buffer.from(bytes).toString("latin1")).join("");
    return /^\+\$([^]*)#..$/.exec(answer)?.[1] ?? answer;
  };
  return { machine, core, session, sent, ask, target };
}

test("packets: checksum, acknowledgement, escapes, repetition", () => {
  const { session, sent, ask } = stopped();
  const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
  sent.length = 0;
  session.receive(bytes("$?#00"));
  expect(Buffer.concat(sent).toString()).toBe("-");
  const stop = ask("?");
  expect(stop).toMatch(/^T05thread:[0-9a-f]+;$/);
  sent.length = 0;
  session.receive(bytes("-"));
  expect(Buffer.concat(sent).toString()).toBe(`$${stop}#${sum(stop)}`);
  // In pieces, with rubbish before it.
  sent.length = 0;
  for (const piece of ["xx", "$q", "C#", "b", "4"]) session.receive(bytes(piece));
  expect(Buffer.concat(sent).toString()).toMatch(/^\+\$QC[0-9a-f]+#..$/);
  expect(ask("QStartNoAckMode")).toBe("OK");
  sent.length = 0;
  session.receive(bytes("$?#3f"));
  expect(Buffer.concat(sent).toString()).toBe(`$${stop}#${sum(stop)}`);
});

test("registers and memory agree with the machine", () => {
  const { ask, machine } = stopped();
  const words = Buffer.from(ask("g"), "hex");
  expect(words.length).toBe(64 + 4 + 256 + 4);
  expect(words.readUInt32LE(60)).toBe(machine.cpu.r[15] >>> 0);
  const pc = (machine.cpu.r[15] >>> 0).toString(16);
  expect(ask(`m${pc},4`)).toBe(
    Buffer.from(machine.memory.read(machine.cpu.r[15], 4)).toString("hex"),
  );
  // A breakpoint is there, but nobody who reads sees it.
  const before = ask(`m${pc},8`);
  expect(ask(`Z0,${pc},4`)).toBe("OK");
  expect(machine.memory.ldu32(machine.cpu.r[15])).toBe(0xe1200070);
  expect(ask(`m${pc},8`)).toBe(before);
  expect(ask(`M${pc},4:0000a0e1`)).toBe("OK");
  expect(machine.memory.ldu32(machine.cpu.r[15])).toBe(0xe1200070);
  expect(ask(`z0,${pc},4`)).toBe("OK");
  expect(machine.memory.ldu32(machine.cpu.r[15])).toBe(0xe1a00000);
  expect(ask("p0")).toBe(ask("g").slice(0, 8));
  expect(ask("P1=78563412")).toBe("OK");
  expect(machine.cpu.r[1]).toBe(0x12345678);
  expect(ask("m0,4")).toBe("E14");
  expect(ask("p99")).toBe("E01");
});

test("hostile packets: an error, never a crash, and bounded", () => {
  const { session, sent, core, machine } = stopped();
  const seeds = [
    "qSupported:swbreak+",
    "g",
    "G00",
    "p1f",
    "P0=",
    "m60010000,40",
    "m0,ffffffff",
    "mffffffff,ffffffff",
    "M60010000,2:zz",
    "X60010000,5:ab",
    "Z0,60010001,4",
    "Z2,60010000,0",
    "Z4,60010000,ffffffff",
    "Z9,0,0",
    "z0,,",
    "vCont;r0,ffffffff:1",
    "vCont;q",
    "vCont;s:ffffffff;c",
    "vFile:open:2f68,0,0",
    "vFile:open:zz,0,0",
    "vFile:pread:3,ffffffff,ffffffff",
    "vFile:close:99",
    "vFile:",
    "qXfer:features:read:target.xml:0,ffff",
    "qXfer:threads:read::ffffffff,ffffffff",
    "qXfer:x:write::0,0:",
    "qRcmd,",
    "qRcmd,68",
    "qThreadExtraInfo,zz",
    "Hg-1",
    "Hgffffffff",
    "T",
    "Tzz",
    "vRun;zz",
    "vRun",
    "?",
    "!",
    "D;",
    "qC",
    "R",
    "\0",
    "",
    "C",
    "S0b",
    "czz",
  ];
  let random = 12345;
  const next = (n: number) => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    return Math.floor((random / 2 ** 32) * n);
  };
  for (let n = 0; n < 4000; n++) {
    let packet = seeds[next(seeds.length)];
    for (let m = next(4); m > 0; m--) {
      const at = next(packet.length + 1);
      packet = packet.slice(0, at) + String.fromCharCode(next(256)) + packet.slice(at + next(3));
    }
    // Leaving the session is not what this is about.
    if (/^(D|k|vKill)/.test(packet)) continue;
    sent.length = 0;
    session.receive(encodePacket(packet));
    for (const bytes of sent) expect(bytes.length).toBeLessThanOrEqual(2 * PACKET_MAX + 8);
    if (!core.stop) core.halt({ signal: Signal.INT });
    session.stopped({ thread: 1, signal: 2 });
  }
  // Rubbish without frames, and a packet without an end.
  const rubbish = Uint8Array.from({ length: 100_000 }, () => next(256));
  session.receive(rubbish);
  session.receive(Uint8Array.of(0x24));
  session.receive(new Uint8Array(1 << 20).fill(0x41));
  sent.length = 0;
  session.receive(Uint8Array.from("#00$qC#b4", (c) => c.charCodeAt(0)));
  expect(Buffer.concat(sent).toString()).toContain("QC");
  machine.close();
});

function sum(payload: string): string {
  let total = 0;
  for (const c of payload) total = (total + c.charCodeAt(0)) & 255;
  return total.toString(16).padStart(2, "0");
}
