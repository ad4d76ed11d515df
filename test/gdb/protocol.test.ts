import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RamDevice } from "../../src/block/mod.ts";
import { ElfImage } from "../../src/elf/mod.ts";
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
const full = process.env.RTT_SIM_FULL === "1";
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

test.each([true, false])(
  "a packet that is too long has an error for an answer, noAck: %p",
  (noAck) => {
    const { session, sent, ask } = stopped();
    if (noAck) ask("QStartNoAckMode");
    for (const length of [PACKET_MAX + 1, 10 * PACKET_MAX]) {
      sent.length = 0;
      session.receive(encodePacket(`X60100000,${"f".repeat(length)}`));
      const plus = noAck ? "" : "+";
      // One answer; a `-` would have the debugger send it again for ever.
      expect(Buffer.concat(sent).toString()).toMatch(
        new RegExp(`^${plus ? "\\+" : ""}\\$E[0-9a-f]{2}#[0-9a-f]{2}$`),
      );
    }
    sent.length = 0;
    session.receive(encodePacket("qC"));
    expect(Buffer.concat(sent).toString()).toContain("$QC");
  },
);

test("lldb is told the name of the thread that stopped, gdb is not", () => {
  const { ask, core, session, sent, machine } = stopped();
  expect(ask("?")).not.toContain("hexname");
  ask("QThreadSuffixSupported");
  const name = Buffer.from("hello").toString("hex");
  expect(ask("?")).toContain(`;hexname:${name};`);
  session.running = true;
  sent.length = 0;
  session.stopped({ thread: 1, signal: Signal.TRAP });
  expect(Buffer.concat(sent).toString()).toContain(`;hexname:${name};`);
  core.detach();
  machine.close();
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

test("kind 4 where code is Thumb, which lldb cannot know, is a Thumb BKPT", () => {
  const { ask, machine } = stopped();
  const { memory } = machine;
  const elf = new ElfImage(firmware);
  const symbols = elf.staticSymbols()!;
  const at = (name: string) => symbols.value(symbols.find(name)!);
  // Inside of qsort, at a multiple of four; newlib's memcpy is A32 code.
  const inside = ((at("qsort") & ~3) + 8) >>> 0;
  expect(at("qsort") & 1).toBe(1);
  expect(at("memcpy") & 3).toBe(0);
  for (const [address, word] of [
    [inside, 0xbe00],
    [inside + 2, 0xbe00],
    [at("memcpy"), 0x0070],
  ]) {
    const before = memory.ldu32(address);
    expect(ask(`Z0,${address.toString(16)},4`)).toBe("OK");
    expect(memory.ldu32(address) & 0xffff).toBe(word);
    if (word === 0xbe00) expect(memory.ldu32(address) >>> 16).toBe(before >>> 16);
    expect(ask(`z0,${address.toString(16)},4`)).toBe("OK");
    expect(memory.ldu32(address)).toBe(before);
  }
  machine.close();
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
    "vFile:close:ffffffff",
    "vFile:",
    "vFile:open:,0,0",
    "vFile:open:2f68656c6c6f2e6d6f,0,0",
    "vFile:open:2f2e2e2f2e2e2f6574632f706173737764,0,0",
    "vFile:open:2f6465762f7561727430,0,0",
    "vFile:open:2f68656c6c6f2e6d6f,ffffffff,0",
    "vFile:pread:4,7fffffff,0",
    "vFile:fstat:3",
    "vFile:pwrite:3,0,abc",
    "vFile:unlink:2f68656c6c6f2e6d6f",
    "vFile:readlink:2f",
    "vFile:setfs:99999999",
    "Z1,60010000,4",
    "z1,60010000,4",
    "Z0,6007d000,2",
    "vCont;t",
    "qThreadStopInfo1",
    "qXfer:libraries:read::0,0",
    "qXfer:exec-file:read:zz:0,fff",
    "QThreadSuffixSupported",
    "qOffsets",
    "p",
    "P",
    "P32=00000000",
    "M,:",
    "X60010000,0:",
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
  let random = Number(process.env.RTT_SIM_SEED ?? 12345);
  let slowest = 0;
  const next = (n: number) => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    return Math.floor((random / 2 ** 32) * n);
  };
  for (let n = 0; n < (full ? 50_000 : 6000); n++) {
    let packet = seeds[next(seeds.length)];
    for (let m = next(4); m > 0; m--) {
      const at = next(packet.length + 1);
      // A byte, a long run of one, or a piece of another packet.
      const other = seeds[next(seeds.length)];
      const piece = [
        String.fromCharCode(next(256)),
        "f".repeat(next(2 * PACKET_MAX)),
        other.slice(next(other.length)),
      ][next(20) === 0 ? 1 : next(2) * 2];
      packet = packet.slice(0, at) + piece + packet.slice(at + next(3));
    }
    // Leaving the session is not what this is about.
    if (/^(D|k|vKill)/.test(packet)) continue;
    sent.length = 0;
    const bytes = encodePacket(packet);
    // Some arrive damaged: cut off, with another checksum, with a byte of noise.
    const damage = next(12);
    if (damage === 0) bytes[next(bytes.length)] ^= 1 << next(8);
    const began = performance.now();
    session.receive(damage === 1 ? bytes.subarray(0, next(bytes.length)) : bytes);
    slowest = Math.max(slowest, performance.now() - began);
    for (const bytes of sent) expect(bytes.length).toBeLessThanOrEqual(2 * PACKET_MAX + 8);
    // The program goes on a little, whatever has become of it.
    if (!core.stop) machine.kernel.run({ units: 200, skipIdle: true });
    if (!core.stop) core.halt({ signal: Signal.INT });
    session.stopped({ thread: 1, signal: 2 });
  }
  expect(slowest).toBeLessThan(2000);
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

test("files: what the guest sees and nothing else, read only, and not without end", () => {
  const { ask, machine } = stopped();
  const hex = (path: string) => Buffer.from(path).toString("hex");
  const open = (path: string, flags = "0") => ask(`vFile:open:${hex(path)},${flags},0`);
  for (const path of ["/etc/passwd", "/../../../../../../etc/passwd", "../../etc/passwd", "", "/"])
    expect(open(path)).toMatch(/^F-1,[0-9a-f]+$/);
  for (const flags of ["1", "2", "601", "402"]) expect(open("/hello.mo", flags)).toBe("F-1,d");
  for (const what of ["pwrite:3,0,x", `unlink:${hex("/hello.mo")}`])
    expect(ask(`vFile:${what}`)).toBe("F-1,d");
  const module = readFileSync(join(root, "disk/prebuilt/a9/hello.mo"));
  const fd = open("/hello.mo").slice(1);
  const answer = ask(`vFile:pread:${fd},40,${(module.length - 16).toString(16)}`);
  expect(answer).toStartWith("F10;");
  expect(ask(`vFile:pread:${fd},40,${module.length.toString(16)}`)).toBe("F0;");
  // As many as one may open; closing gives back.
  let last = fd;
  for (let n = 1; n < 64; n++) last = open("/hello.mo").slice(1);
  expect(open("/hello.mo")).toBe("F-1,17");
  expect(ask(`vFile:close:${last}`)).toBe("F0");
  expect(open("/hello.mo")).toMatch(/^F[0-9a-f]+$/);
  machine.close();
});
