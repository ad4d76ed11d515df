/** `rtt-sim check --disasm`: every instruction of every module and program of the repository, as objdump writes it. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { disassembly } from "../../src/cli/disassembly.ts";
import { ElfImage, EM, ET } from "../../src/elf/mod.ts";
import { noToolchain, tool } from "./qemu/tools.ts";

const root = join(import.meta.dir, "../..");
const FILES = [...new Bun.Glob("{test,disk}/**/*.{mo,so,elf}").scanSync(root)].sort();
const FULL = process.env.RTT_SIM_FULL === "1";
const DIRECTIVE = /^\.(word|short|byte)/;

/** Ours by section and address. */
function ours(image: ElfImage): Map<string, string> {
  const found = new Map<string, string>();
  let section = "";
  for (const line of disassembly(image).split("\n")) {
    section = /^section (.*)/.exec(line)?.[1] ?? section;
    const [, address, text] = /^ *([0-9a-f]+): [0-9a-f ]{9}  (.*)$/.exec(line) ?? [];
    if (address) found.set(`${section} ${address}`, text);
  }
  return found;
}

/** objdump's text without comments and names; targets with 0x. */
function normalise(text: string): string {
  return text
    .replace(/\s+<[a-zA-Z_.$].*$/, "")
    .replace(/\s*@.*$/, "")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^(b\S*|cbn?z \w+,) ([0-9a-f]+)$/, "$1 0x$2");
}

function image(file: string): ElfImage | undefined {
  try {
    const found = new ElfImage(readFileSync(join(root, file)));
    disassembly(found);
    return found.header.machine === EM.ARM ? found : undefined;
  } catch {
    return undefined; // A damaged file of another test.
  }
}

test.skipIf(noToolchain !== undefined)(
  `modules and programs of the tests as objdump shows them${noToolchain ? ` (${noToolchain})` : ""}`,
  () => {
    const wrong: string[] = [];
    let files = 0;
    let compared = 0;
    for (const [k, file] of FILES.entries()) {
      if (!FULL && k % 8 !== 0) continue;
      const elf = image(file);
      if (!elf) continue;
      files++;
      const lines = ours(elf);
      const stripped = elf.staticSymbols() === undefined;
      // Without symbols objdump takes everything for A32.
      const thumb =
        stripped &&
        disassembly(elf)
          .split("\n")
          .some((line) => /: [0-9a-f]{4} {5,}/.test(line));
      const options = thumb ? ["-M", "force-thumb"] : [];
      let section = "";
      for (const line of tool("objdump", "-d", ...options, join(root, file)).split("\n")) {
        section = /^Disassembly of section (.*):$/.exec(line)?.[1] ?? section;
        const [place, , ...rest] = line.split("\t");
        const address = /^ *([0-9a-f]+):$/.exec(place)?.[1];
        const text = normalise(rest.join(" "));
        // What is no instruction: constants between functions of a stripped file.
        if (!address || !text || /UNDEFINED|UNPREDICTABLE|<illegal|<und>/.test(line)) continue;
        if (stripped && (section === ".plt" || /^(mov|lsl)al /.test(text))) continue;
        const mine = lines.get(`${section} ${address}`);
        // Behind constants that look like IT, objdump takes the next instruction for a conditional one: "addal".
        if (mine !== undefined && text === mine.replace(/^\w+/, "$&al")) continue;
        if (stripped && (mine === undefined || DIRECTIVE.test(mine))) continue;
        // The target of a call that is relocated is not in the code.
        if (elf.header.type === ET.REL && /^(b|bl|blx) /.test(text)) continue;
        compared++;
        if (mine !== text) wrong.push(`${file} ${address}: "${mine}", objdump "${text}"`);
      }
    }
    expect(wrong.slice(0, 20)).toEqual([]);
    expect(files).toBeGreaterThan(FULL ? 100 : 10);
    expect(compared).toBeGreaterThan(FULL ? 100_000 : 5000);
  },
  120_000,
);

test("the command shows it behind the report", () => {
  const { stdout, exitCode } = Bun.spawnSync(
    [process.execPath, "src/main.ts", "check", "--disasm", "disk/prebuilt/a9/hello.mo"],
    { cwd: root },
  );
  expect(exitCode).toBe(0);
  expect(stdout.toString()).toMatch(/^disk\/prebuilt\/a9\/hello\.mo: loadable/);
  expect(stdout.toString()).toMatch(/\n00000128 <main>:\n +128: e92d4800 {3}push \{fp, lr\}\n/);
});
