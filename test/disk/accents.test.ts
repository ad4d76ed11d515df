/** Names that differ in an accent only are two files on a disk made from the host: for mtools, for the guest and for FatFs. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { FatFs } from "../fat/fatfs.ts";
import { have } from "../fat/tools.ts";
import { Bench } from "./tool.ts";

setDefaultTimeout(60_000);
const bench = new Bench();
afterAll(() => bench.remove());

/** Each file holds its own name. The last is the 8.3 name that FAT would make up for the one before it. */
const NAMES = ["CAFE.TXT", "café.txt", "cafà.txt", "cafè.txt", "cafÿ.txt", "STRASSE", "straße"];
const ALIASES = ["a long name.txt", "alongn~1.txt"];
const ALL = [...NAMES, ...ALIASES];
for (const name of ALL) bench.file(`tree/${name}`, name);

async function expectAll(image: string, folder = ""): Promise<void> {
  const bytes = readFileSync(bench.path(image));
  const device = new RamDevice(bytes.length, bytes);
  const fatfs = await FatFs.create(device);
  fatfs.mount(device);
  for (const name of ALL)
    expect({ name, read: Buffer.from(fatfs.read(`${folder}/${name}`)).toString() }).toEqual({
      name,
      read: name,
    });
  const paths = ALL.map((name) => `${image}:${folder}/${name}`);
  expect(bench.out("disk", "cat", ...paths)).toBe(ALL.join(""));
  if (have("fsck.fat")) expect(bench.tool(["fsck.fat", "-n", image]).code).toBe(0);
  if (have("mcopy")) {
    mkdirSync(bench.path(`out-${image}`));
    const target = bench.path(`out-${image}`);
    const from = `::${folder}/*`;
    const { code, err } = bench.tool(["env", "LC_ALL=C.UTF-8", "mcopy", "-i", image, from, target]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(readdirSync(target).sort()).toEqual([...ALL].sort());
    for (const name of ALL) expect(readFileSync(`${target}/${name}`, "utf8")).toBe(name);
  }
}

test("disk create --from", async () => {
  const { code, err } = bench.run(["disk", "create", "--size", "2M", "--from", "tree", "made.img"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  await expectAll("made.img");
});

test("disk cp: of a folder, and of single files in any order", async () => {
  bench.out("disk", "create", "--size", "2M", "copied.img");
  expect(bench.run(["disk", "cp", "-r", "tree", "copied.img:/"])).toEqual({
    code: 0,
    out: "",
    err: "",
  });
  await expectAll("copied.img", "/tree");
  bench.out("disk", "create", "--size", "2M", "single.img");
  const files = ALL.map((name) => `tree/${name}`);
  expect(bench.run(["disk", "cp", ...files, "single.img:/"])).toEqual({
    code: 0,
    out: "",
    err: "",
  });
  await expectAll("single.img");
});

test("disk cp of one beside the other changes nothing of that", () => {
  bench.out("disk", "create", "--size", "2M", "beside.img");
  for (const name of ["café.txt", "CAFE.TXT"])
    bench.out("disk", "cp", `tree/${name}`, "beside.img:/");
  for (const name of ["café.txt", "CAFE.TXT"])
    expect(bench.out("disk", "cat", `beside.img:/${name}`)).toBe(name);
});

test("disk cp replaces no file by its short name", () => {
  // The guest's FAT gives é.txt the short name E.TXT, as the board's does.
  const volume = FatVolume.format(new RamDevice(2 << 20));
  for (const name of ["é.txt", "a longer name.txt"]) {
    const file = volume.open(`/${name}`, { write: true, create: "new" });
    file.write(new TextEncoder().encode(name));
    file.close();
  }
  volume.unmount();
  const bytes = new Uint8Array(2 << 20);
  volume.device.read(0, bytes);
  bench.file("short.img", bytes);
  const other = { "é.txt": "e.txt", "a longer name.txt": "alonge~1.txt" };
  for (const [name, short] of Object.entries(other)) {
    const folder = bench.path(`short-${short}`);
    bench.file(`short-${short}/${short}`, "another");
    const { code, err } = bench.run(["disk", "cp", "-r", `${folder}/.`, "short.img:/"]);
    expect({ code, said: err.includes(`/${short} is the short name of ${name}`) }).toEqual({
      code: 74,
      said: true,
    });
    expect(bench.out("disk", "cat", `short.img:/${name}`)).toBe(name);
  }
});

test("a folder and a .zip as the disk", async () => {
  const members = Object.fromEntries(ALL.map((name) => [name, new TextEncoder().encode(name)]));
  bench.file("tree.zip", zipSync(members));
  for (const disk of ["tree", "tree.zip"]) {
    const image = disk === "tree" ? "folder.img" : "zip.img";
    const { code, err } = bench.run([disk, "--save", image, "-c", "ls"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    await expectAll(image);
  }
});

test("run --with refuses two files that FatFs takes for one", () => {
  bench.file("m.mo", "");
  const two = (a: string, b: string) =>
    bench.run(["run", "--with", `tree/${a}`, "--with", `tree/${b}`, "m.mo"]);
  const { code, err } = two("CAFE.TXT", "café.txt");
  expect([code, err]).toEqual([
    2,
    expect.stringContaining("/café.txt is where another --with file (/CAFE.TXT) goes"),
  ]);
  expect(two("STRASSE", "straße").err).not.toContain("is where");
});

test("two names that FAT cannot hold: the second gets a number, and a sentence says so", () => {
  bench.file("clash/makefile", "small");
  bench.file("clash/Makefile", "large");
  const { err } = bench.run(["disk", "create", "--size", "2M", "--from", "clash", "clash.img"]);
  expect(err).toContain("clash/makefile: is called makefile~2 on the disk");
  expect(bench.out("disk", "cat", "clash.img:/makefile~2")).toBe("small");
  expect(bench.out("disk", "cat", "clash.img:/Makefile")).toBe("large");
});
