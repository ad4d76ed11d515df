/** Two boards joined by their second lines, in virtual time: YMODEM from one to the other over a wire that may be bad. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeDisk } from "../../src/fat/mod.ts";
import { Machine } from "../../src/machine.ts";
import { headerData } from "../../src/serial/mod.ts";
import { packet } from "../../src/serial/ymodem/packet.ts";

const FIRMWARE = readFileSync(join(import.meta.dir, "../../src/firmware/prebuilt/firmware.elf"));
/** Ten minutes: every time-out is over by then. */
const LAST_TICK = 60_000;

type Wire = (bytes: Uint8Array) => Uint8Array;
const good: Wire = (bytes) => bytes;

class Board {
  text = "";
  readonly machine: Machine;
  private sent: Uint8Array[] = [];

  constructor(files: Record<string, Uint8Array>) {
    const entries = Object.entries(files).map(([path, bytes]) => ({ path, bytes }));
    this.machine = new Machine({
      firmware: FIRMWARE,
      disk: makeDisk(entries, { size: 1 << 20 }),
      output: (bytes) => (this.text += Buffer.from(bytes).toString("latin1")),
      output1: (bytes) => this.sent.push(bytes),
    });
    this.machine.boot("lines");
  }

  run(tick: number): void {
    this.machine.kernel.run({ untilTick: tick, skipIdle: true, passTime: true });
  }

  /** What it has sent since the last call. */
  take(): Buffer {
    return Buffer.concat(this.sent.splice(0));
  }

  close(): void {
    this.machine.close();
  }
}

/** Sends a file; what both consoles say, and the file that arrived. */
function transfer(bytes: Uint8Array, there: Wire, back: Wire, late = 0) {
  const sender = new Board({ "/f.bin": bytes });
  const receiver = new Board({});
  try {
    let tick = 10;
    for (const board of [sender, receiver]) board.run(tick);
    sender.machine.execute("sy f.bin uart1");
    let started = false;
    for (; tick < LAST_TICK; tick++) {
      if (!started && tick >= 10 + late) {
        started = true;
        receiver.machine.execute("ry . uart1");
      }
      for (const board of [sender, receiver]) board.run(tick);
      const [forth, reply] = [sender.take(), receiver.take()];
      if (forth.length > 0) receiver.machine.feed1(there(forth));
      if (reply.length > 0) sender.machine.feed1(back(reply));
      if (started && sender.machine.quiet && receiver.machine.quiet) break;
    }
    const { vfs } = receiver.machine;
    const file = vfs.exists("/f.bin") ? vfs.readFile("/f.bin") : undefined;
    return { sender: sender.text, receiver: receiver.text, file, ended: tick < LAST_TICK };
  } finally {
    sender.close();
    receiver.close();
  }
}

const data = (size: number) =>
  Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 0xff);

test("a file arrives whole, whoever begins", () => {
  for (const late of [0, 1000]) {
    const result = transfer(data(5000), good, good, late);
    expect(result.sender).toBe("f.bin: 5000 bytes sent\r\n");
    expect(result.receiver).toBe("f.bin: 5000 bytes received\r\n");
    expect(Buffer.from(result.file!).equals(data(5000))).toBe(true);
  }
});

test("nobody there: both say so, after a minute", () => {
  const nothing: Wire = () => new Uint8Array();
  const result = transfer(data(10), nothing, nothing);
  expect(result.sender).toBe("time-out: the other side does not answer\r\n");
  expect(result.receiver).toBe("time-out: the other side does not answer\r\n");
});

test("a line that is cut in the middle ends both sides, and says how much there is", () => {
  let passed = 0;
  const cut: Wire = (bytes) => ((passed += bytes.length) > 3000 ? new Uint8Array() : bytes);
  const result = transfer(data(9000), cut, cut);
  expect(result.ended).toBe(true);
  expect(result.sender).toMatch(/^f\.bin: \d+ bytes, incomplete: time-out/);
  expect(result.receiver).toMatch(/^f\.bin: \d+ bytes, incomplete: time-out/);
});

test("CAN CAN from either side cancels the other", () => {
  let passed = 0;
  const cans = new Uint8Array(5).fill(0x18);
  const cancel: Wire = (bytes) => ((passed += bytes.length) > 3000 ? cans : bytes);
  expect(transfer(data(9000), cancel, good).receiver).toContain(
    "incomplete: cancelled by the other side",
  );
  passed = 0;
  const count: Wire = (bytes) => {
    passed += bytes.length;
    return bytes;
  };
  const stop: Wire = (bytes) => (passed > 3000 ? cans : bytes);
  expect(transfer(data(9000), count, stop).sender).toContain(
    "incomplete: cancelled by the other side",
  );
});

/** What happens to one of many pieces that pass. */
const damage = fc.record({
  at: fc.integer({ min: 0, max: 30 }),
  forth: fc.boolean(),
  kind: fc.constantFrom("bit", "drop", "insert", "lose", "twice"),
  where: fc.nat(),
  value: fc.integer({ min: 0, max: 255 }),
});

test("on a bad wire a file is whole, or its loss is reported: never wrong bytes in silence", () => {
  let whole = 0;
  fc.assert(
    fc.property(
      fc.array(damage, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 4000 }),
      (list, size) => {
        const wire = (forth: boolean): Wire => {
          let n = 0;
          return (bytes) => {
            const hit = list.find((d) => d.forth === forth && d.at === n);
            n++;
            if (!hit) return bytes;
            const copy = [...bytes];
            const place = hit.where % copy.length;
            if (hit.kind === "bit") copy[place] ^= 1 << (hit.value & 7);
            else if (hit.kind === "drop") copy.splice(place, 1);
            else if (hit.kind === "insert") copy.splice(place, 0, hit.value);
            else if (hit.kind === "lose") return new Uint8Array();
            else copy.push(...bytes);
            return Uint8Array.from(copy);
          };
        };
        const result = transfer(data(size), wire(true), wire(false));
        expect(result.ended).toBe(true);
        if (result.receiver !== `f.bin: ${size} bytes received\r\n`) return;
        whole++;
        expect(Buffer.from(result.file!).equals(data(size))).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
  // Nearly every wire of this kind is one that the protocol copes with.
  expect(whole).toBeGreaterThan(25);
});

test("a block that comes twice has two answers; one too many is not the one to EOT", () => {
  const twice = (count: number): Wire => {
    let large = 0;
    return (bytes) =>
      bytes.length > 1000 && ++large === count ? Buffer.concat([bytes, bytes]) : bytes;
  };
  for (const count of [1, 5]) {
    const result = transfer(data(5000), twice(count), good);
    expect(result.sender).toBe("f.bin: 5000 bytes sent\r\n");
    expect(result.receiver).toBe("f.bin: 5000 bytes received\r\n");
    expect(Buffer.from(result.file!).equals(data(5000))).toBe(true);
  }
});

const [ACK, NAK, C] = ["\x06", "\x15", "C"];
const EOT = Uint8Array.of(4);
const LAST = packet(0, headerData(undefined));
const header = (name: string, size: number): Uint8Array =>
  packet(0, headerData({ name, size, time: 0 }));
const block = (number: number, fill = number): Uint8Array =>
  packet(number & 0xff, new Uint8Array(128).fill(fill));

/** A sender that goes on whatever the answers say; what `ry` says, and the files. */
function received(play: (say: (bytes: Uint8Array, ticks?: number) => string) => void) {
  const board = new Board({});
  let tick = 10;
  const pass = (ticks: number): string => {
    board.run((tick += ticks));
    return board.take().toString("latin1");
  };
  try {
    pass(0);
    board.machine.execute("ry . uart1");
    pass(5);
    play((bytes, ticks = 3) => {
      board.machine.feed1(bytes);
      return pass(ticks);
    });
    pass(10);
    expect(board.machine.quiet).toBe(true);
    const text = board.text.replaceAll("\r", "");
    const names = [...text.matchAll(/^(\w+): \d+ bytes received$/gm)].map((row) => row[1]);
    const { vfs } = board.machine;
    const files = new Map(names.map((name) => [name, Buffer.from(vfs.readFile(`/${name}`))]));
    return { text, file: (name: string) => files.get(name)! };
  } finally {
    board.close();
  }
}

/** The end of a batch as it should be. */
function ends(say: (bytes: Uint8Array) => string): void {
  expect(say(EOT)).toBe(NAK);
  expect(say(EOT)).toBe(ACK + C);
  expect(say(LAST)).toBe(ACK);
}

test("behind an empty file whose header came twice, another header is the next file", () => {
  const { text } = received((say) => {
    expect(say(header("empty", 0), 160)).toBe(ACK + C);
    // Sent again for an answer that was late: the second answer is taken for the one to EOT.
    expect(say(header("empty", 0), 130)).toBe(ACK + C);
    expect(say(EOT)).toBe(NAK);
    expect(say(header("mega", 256))).toBe(ACK + C);
    expect(say(block(1))).toBe(ACK);
    expect(say(block(2))).toBe(ACK);
    ends(say);
  });
  expect(text).toBe("empty: 0 bytes received\nmega: 256 bytes received\n");
});

for (const count of [255, 256, 512]) {
  test(`behind a file of ${count} blocks a header is no block of it`, () => {
    const { text, file } = received((say) => {
      expect(say(header("first", count * 128))).toBe(ACK + C);
      for (let n = 1; n <= count; n++) expect(say(block(n))).toBe(ACK);
      expect(say(EOT)).toBe(NAK);
      expect(say(header("next", 128))).toBe(ACK + C);
      expect(say(block(1, 0x5a))).toBe(ACK);
      ends(say);
    });
    expect(text).toBe(`first: ${count * 128} bytes received\nnext: 128 bytes received\n`);
    const blocks = Array.from({ length: count }, (_, i) => new Uint8Array(128).fill(i + 1));
    expect(file("first").equals(Buffer.concat(blocks))).toBe(true);
  });
}

test("block 256 is data, also when it comes twice or behind an EOT that was noise", () => {
  const { text, file } = received((say) => {
    expect(say(header("first", 257 * 128))).toBe(ACK + C);
    for (let n = 1; n <= 255; n++) expect(say(block(n))).toBe(ACK);
    expect(say(EOT)).toBe(NAK);
    expect(say(block(255))).toBe(ACK);
    expect(say(block(256))).toBe(ACK);
    expect(say(block(256))).toBe(ACK);
    expect(say(block(257))).toBe(ACK);
    ends(say);
  });
  expect(text).toBe(`first: ${257 * 128} bytes received\n`);
  expect(file("first").length).toBe(257 * 128);
});

test("the empty header right behind an empty file ends the batch", () => {
  const { text } = received((say) => {
    expect(say(header("empty", 0))).toBe(ACK + C);
    expect(say(EOT)).toBe(NAK);
    expect(say(LAST)).toBe(ACK);
  });
  expect(text).toBe("empty: 0 bytes received\n");
});

test("a repeated number with other bytes is a lost block, and not passed over", () => {
  const { text } = received((say) => {
    expect(say(header("f", 1000))).toBe(ACK + C);
    expect(say(block(1))).toBe(ACK);
    expect(say(block(1, 0x77), 60)).toStartWith("\x18\x18");
  });
  expect(text).toBe("f: 128 bytes, incomplete: a block is missing\n");
});
