import { expect, test } from "bun:test";
import { RamDevice } from "../../src/block/mod.ts";
import { FatError, FatVolume } from "../../src/fat/mod.ts";
import { random } from "./corpus.ts";

/** A large directory is searched without an index at first: it must find what the index finds. */

const LETTERS = [..."abcXYZ019._- ~+=éÄß日ж"];

function names(count: number): string[] {
  const pick = random(3);
  const found = new Set<string>();
  while (found.size < count) {
    const length = 1 + pick(30);
    const name = Array.from({ length }, () => LETTERS[pick(LETTERS.length)]).join("");
    if (/[^. ]$/.test(name)) found.add(pick(3) === 0 ? name.toUpperCase().slice(0, 8) : name);
  }
  return [...found].filter((name) => /[^. ]$/.test(name));
}

function swapped(name: string): string {
  return [...name].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join("");
}

test("first look-ups in a directory of 1,500 odd names give what later ones give", () => {
  const device = new RamDevice(64 << 20);
  const volume = FatVolume.format(device, { type: 32, clusterSize: 512 });
  volume.mkdir("d");
  const all = names(1500);
  for (const name of all) {
    try {
      volume.writeFile(`d/${name}`, new Uint8Array(0));
    } catch (error) {
      // Names that are the same but for case, or too long as a whole.
      if (!(error instanceof FatError)) throw error;
    }
  }
  volume.unmount();
  const indexed = FatVolume.mount(device);
  const listed = indexed.list("d");
  expect(listed.length).toBeGreaterThan(1000);
  const look = (one: FatVolume, name: string) => {
    try {
      return one.stat(`d/${name}`);
    } catch (error) {
      if (error instanceof FatError) return error.reason;
      throw error;
    }
  };
  const pick = random(4);
  for (let i = 0; i < (process.env.RTT_SIM_FULL === "1" ? 400 : 40); i++) {
    const { name, alias } = listed[pick(listed.length)];
    const fresh = FatVolume.mount(device);
    for (const query of [
      name,
      swapped(name),
      alias,
      alias.toLowerCase(),
      `${name}x`,
      name.slice(1),
      swapped(alias),
    ])
      expect([query, look(fresh, query)]).toEqual([query, look(indexed, query)]);
  }
});

test("a file found without the index can be written, renamed and removed", () => {
  const device = new RamDevice(64 << 20);
  const volume = FatVolume.format(device, { type: 32, clusterSize: 512 });
  volume.mkdir("d");
  for (let i = 0; i < 600; i++) volume.writeFile(`d/a file, number ${i}.text`, new Uint8Array(3));
  volume.unmount();
  const fresh = FatVolume.mount(device);
  const file = fresh.open("d/A FILE, number 300.text", { write: true, create: "existing" });
  file.write(new Uint8Array(700).fill(9));
  fresh.rename("d/a file, number 300.text", "d/renamed.text");
  expect(() => fresh.unlink("d/renamed.text")).toThrow(/is open/);
  file.close();
  expect(fresh.stat("d/renamed.text").size).toBe(700);
  const other = FatVolume.mount(device);
  expect(other.exists("d/a file, number 300.text")).toBe(false);
  other.unlink("d/renamed.text");
  expect(other.list("d").length).toBe(599);
});
