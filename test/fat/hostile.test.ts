import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { RamDevice } from "../../src/block/mod.ts";
import { checkVolume } from "../../src/fat/check/mod.ts";
import { FatError, FatVolume, makeDisk } from "../../src/fat/mod.ts";
import { brokenBoot, damagedDisk } from "./corpus.ts";

/** Damaged and malicious images: a clear error or a usable rest, never anything else. */

const FILES = [
  { path: "/hello.txt", bytes: new Uint8Array(3000).fill(1) },
  { path: "/A long file name.text", bytes: new Uint8Array(9000).fill(2) },
  { path: "/dir/sub/deep.bin", bytes: new Uint8Array(20000).fill(3) },
  { path: "/dir/empty" },
];
const DISKS = [
  { type: 12, size: 400 << 10, clusterSize: 1024 },
  { type: 16, size: 2304 << 10, clusterSize: 512 },
  { type: 32, size: 34 << 20, clusterSize: 512 },
] as const;

const images = new Map(DISKS.map((disk) => [disk.type, makeDisk(FILES, disk).image(true)]));

function damaged(type: 12 | 16 | 32, size: number, change: (image: Uint8Array) => void): RamDevice {
  const image = images.get(type)!.slice();
  change(image);
  return new RamDevice(size, image);
}

/** The sentence with which mounting (or the call) is refused. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof FatError) return `${error.reason}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

function mounted(type: 12 | 16 | 32, change: (image: Uint8Array, view: DataView) => void) {
  const { size } = DISKS.find((disk) => disk.type === type)!;
  return FatVolume.mount(damaged(type, size, (image) => change(image, new DataView(image.buffer))));
}

describe("boot sectors that make no sense are refused with a sentence", () => {
  const cases: [string, (view: DataView) => void, RegExp][] = [
    ["no signature", (v) => v.setUint16(510, 0), /no signature 55 AA/],
    ["no jump", (v) => v.setUint8(0, 0), /jump/],
    ["bytes per sector 0", (v) => v.setUint16(11, 0, true), /0 bytes per sector/],
    ["bytes per sector 513", (v) => v.setUint16(11, 513, true), /513 bytes per sector/],
    ["bytes per sector 8192", (v) => v.setUint16(11, 8192, true), /8192 bytes per sector/],
    ["sectors per cluster 0", (v) => v.setUint8(13, 0), /0 sectors per cluster/],
    ["sectors per cluster 3", (v) => v.setUint8(13, 3), /3 sectors per cluster/],
    ["no reserved sector", (v) => v.setUint16(14, 0, true), /no reserved/],
    ["no FAT", (v) => v.setUint8(16, 0), /0 copies of the FAT/],
    ["255 FATs", (v) => v.setUint8(16, 255), /255 copies of the FAT/],
    ["root entries 7", (v) => v.setUint16(17, 7, true), /does not fill whole sectors/],
    ["no sectors", (v) => (v.setUint16(19, 0, true), v.setUint32(32, 0)), /number of sectors is 0/],
    ["no FAT sectors", (v) => v.setUint16(22, 0, true), /FAT has no sectors/],
    ["FAT too small", (v) => v.setUint16(22, 1, true), /too few for \d+ clusters/],
    ["FAT larger than all", (v) => v.setUint16(22, 0xffff, true), /alone take/],
    [
      "more clusters than FAT16 has",
      (v) => (v.setUint16(19, 0, true), v.setUint32(32, 200_000, true)),
      /need FAT32/,
    ],
  ];
  test.each(cases)("%s", (_, change, sentence) => {
    const text = refusal(() => mounted(16, (_, view) => change(view)));
    expect(text).toStartWith("no file system: ");
    expect(text).toMatch(sentence);
  });

  test("an empty, a short and a blank device", () => {
    expect(refusal(() => FatVolume.mount(new RamDevice(0)))).toContain("the device is empty");
    expect(refusal(() => FatVolume.mount(new RamDevice(512)))).toContain("no signature");
    expect(refusal(() => FatVolume.mount(new RamDevice(64 << 20)))).toContain("no signature");
  });

  test("FAT32: root directory outside, unknown version, FAT copy that is not there", () => {
    const with32 = (change: (view: DataView) => void) =>
      refusal(() => mounted(32, (_, view) => change(view)));
    expect(with32((v) => v.setUint32(44, 0, true))).toContain("begins at cluster 0");
    expect(with32((v) => v.setUint32(44, 0x0fffffff, true))).toContain("does not exist");
    expect(with32((v) => v.setUint16(42, 5, true))).toContain("version 5");
    expect(with32((v) => v.setUint16(40, 0x8f, true))).toContain("FAT copy 15");
  });

  test("an image that is cut off is usable as far as it goes, and says so", () => {
    const whole = images.get(16)!;
    const cut = new RamDevice(1 << 20, whole.subarray(0, Math.min(whole.length, 1 << 20)));
    const volume = FatVolume.mount(cut);
    expect(volume.warnings.join()).toContain("4608 sectors, the device only 2048");
    expect(volume.readFile("hello.txt").length).toBe(3000);
    const file = volume.open("big", { write: true, create: "new" });
    expect(file.write(new Uint8Array(2 << 20))).toBeLessThan(1 << 20);
    file.close();
    expect(refusal(() => FatVolume.mount(new RamDevice(8192, whole.subarray(0, 8192))))).toContain(
      "cut off",
    );
  });
});

/** First byte of the FAT and of the root directory of the FAT16 image. */
const FAT16 = 512;
const ROOT16 = FAT16 + 2 * 18 * 512;

function entryAt(view: DataView, short: string): number {
  const bytes = new Uint8Array(view.buffer);
  for (let at = ROOT16; at < ROOT16 + 512 * 32; at += 32)
    if (String.fromCharCode(...bytes.subarray(at, at + 11)) === short) return at;
  throw new Error(`${short} is not in the root directory`);
}
const HELLO = "HELLO   TXT";
const LONG = "ALONGF~1TEX";
const DIR = "DIR        ";

describe("damaged chains and directories", () => {
  test("a chain in a circle: what the size needs is not there", () => {
    const volume = mounted(16, (_, view) => {
      const first = view.getUint16(entryAt(view, LONG) + 26, true);
      view.setUint16(FAT16 + (first + 1) * 2, first, true);
    });
    const text = refusal(() => volume.readFile("A long file name.text"));
    expect(text).toMatch(/^damaged: .*runs in a circle/);
    volume.unlink("A long file name.text");
    expect(volume.exists("A long file name.text")).toBe(false);
  });

  test("a chain that ends early, or runs into free, bad or missing clusters", () => {
    for (const value of [0xffff, 0, 1, 0xfff7, 0xfff0]) {
      const volume = mounted(16, (_, view) => {
        const first = view.getUint16(entryAt(view, LONG) + 26, true);
        view.setUint16(FAT16 + first * 2, value, true);
      });
      expect(refusal(() => volume.readFile("A long file name.text"))).toStartWith("damaged: ");
    }
  });

  test("a size far beyond the disk takes no memory", () => {
    const volume = mounted(16, (_, view) =>
      view.setUint32(entryAt(view, HELLO) + 28, 0xfffffff0, true),
    );
    expect(refusal(() => volume.readFile("hello.txt"))).toContain(
      "has 4294967280 bytes, but its clusters end",
    );
  });

  test("of two files on the same clusters one can be removed, and the other stays whole", () => {
    const volume = mounted(16, (_, view) => {
      const first = view.getUint16(entryAt(view, LONG) + 26, true);
      view.setUint16(entryAt(view, HELLO) + 26, first, true);
    });
    volume.unlink("hello.txt");
    expect(volume.readFile("A long file name.text")).toEqual(FILES[1].bytes!);
    volume.unlink("A long file name.text");
    expect(volume.space().freeClusters).toBeLessThanOrEqual(volume.space().clusters);
  });

  test("a directory whose chain is a circle is listed once and not changed", () => {
    const volume = mounted(16, (_, view) => {
      const first = view.getUint16(entryAt(view, DIR) + 26, true);
      view.setUint16(FAT16 + first * 2, first, true);
    });
    expect(volume.list("dir").map(({ name }) => name)).toEqual(["sub", "empty"]);
    expect(refusal(() => volume.mkdir("dir/new"))).toMatch(/^damaged: .*circle/);
  });

  test("a directory that begins nowhere, or at itself", () => {
    for (const first of [0, 1, 0xfff0]) {
      const volume = mounted(16, (_, view) => view.setUint16(entryAt(view, DIR) + 26, first, true));
      expect(refusal(() => volume.list("dir"))).toStartWith("damaged: ");
      expect(volume.list("/").length).toBe(3);
    }
  });

  test("names that no path can express are shown with a substitute and can be removed", () => {
    const volume = mounted(16, (image, view) => {
      image.set(new TextEncoder().encode("../ETC  \x01\x02 "), entryAt(view, HELLO));
      const at = entryAt(view, LONG);
      image[at - 32 + 1] = 0x2f;
    });
    const names = volume.list("/").map(({ name }) => name);
    expect(names).not.toContain("../ETC");
    for (const name of names) {
      expect(name).toMatch(/^[^/\\\x00-\x1f]+$/);
      if (name !== "dir") volume.unlink(name);
    }
    expect(volume.list("/").map(({ name }) => name)).toEqual(["dir"]);
  });

  test("parts of long names in the wrong order, number or with a wrong checksum fall back to the 8.3 name", () => {
    for (const [offset, value] of [
      [-64, 0x43],
      [-64, 0x02],
      [-32, 0x02],
      [-32 + 13, 0x55],
      [-64 + 26, 0x01],
    ]) {
      const volume = mounted(16, (image, view) => {
        image[entryAt(view, LONG) + offset] = value;
      });
      expect(volume.list("/").map(({ name }) => name)).toContain("ALONGF~1.TEX");
      expect(volume.readFile("ALONGF~1.TEX").length).toBe(9000);
    }
  });
});

/** Everything one can do with a volume, with a bound on depth. */
function exercise(volume: FatVolume): void {
  const tolerate = (call: () => void) => {
    try {
      call();
    } catch (error) {
      if (!(error instanceof FatError)) throw error;
    }
  };
  const walk = (path: string, depth: number) =>
    tolerate(() => {
      for (const { name, directory } of volume.list(path || "/").slice(0, 40)) {
        const full = `${path}/${name}`;
        if (directory && depth > 0) walk(full, depth - 1);
        tolerate(() => void volume.readFile(full));
        tolerate(() => volume.writeFile(full, new Uint8Array(5000)));
        tolerate(() => volume.rename(full, `/moved${name.length}`));
        tolerate(() => volume.unlink(full));
      }
    });
  tolerate(() => void volume.space());
  tolerate(() => volume.writeFile("/new file.text", new Uint8Array(30000)));
  tolerate(() => volume.mkdir("/fresh"));
  walk("", 4);
  tolerate(() => volume.unmount());
}

describe.each(DISKS)("random damage: FAT$type", ({ type, size }) => {
  test("only errors with a reason, and an end", () => {
    const image = images.get(type)!;
    const place = fc.oneof(
      fc.nat(90),
      fc.nat(Math.min(image.length, 512 * 80) - 1),
      fc.nat(image.length - 1),
    );
    const change = fc.record({
      at: place,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
        const device = damaged(type, size, (target) => {
          for (const { at, bytes } of changes)
            target.set(bytes.subarray(0, target.length - at), at);
        });
        let volume: FatVolume;
        try {
          volume = FatVolume.mount(device);
        } catch (error) {
          expect(error).toBeInstanceOf(FatError);
          return;
        }
        exercise(volume);
      }),
      { numRuns: Number(process.env.FAT_RUNS ?? 150), includeErrorInReport: true },
    );
  }, 300_000);
});

describe("the corpus", () => {
  const FULL = process.env.RTT_SIM_FULL === "1";
  test.each([
    ["damaged structures", damagedDisk, FULL ? 1500 : 150],
    ["broken boot sectors", brokenBoot, FULL ? 1500 : 150],
  ] as const)(
    "%s: only errors with a reason, bounded time and memory",
    (_, make, count) => {
      const before = process.memoryUsage().rss;
      for (let seed = 1000; seed < 1000 + count; seed++) {
        const { patient, done } = make(seed);
        const started = process.cpuUsage();
        const device = patient.device();
        const tolerate = (call: () => void) => {
          try {
            call();
          } catch (error) {
            // The corpus number is what one needs to see it again.
            if (!(error instanceof FatError))
              throw new Error(`disk ${seed} (${done.join(", ")}): ${error}`);
            expect(error.message.length).toBeGreaterThan(10);
          }
        };
        tolerate(() => exercise(FatVolume.mount(device)));
        tolerate(() => void checkVolume(patient.device(), { repair: true }));
        const { user, system } = process.cpuUsage(started);
        expect({ seed, done, slow: user + system > 8e6 }).toEqual({ seed, done, slow: false });
      }
      expect(process.memoryUsage().rss - before).toBeLessThan(1.5e9);
    },
    600_000,
  );
});
