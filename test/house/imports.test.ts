import { expect, test } from "bun:test";
import { Glob } from "bun";
import { dirname, join, relative } from "node:path";

/** What each folder of src may import besides itself; files directly in src are listed by name. */
const ALLOWED: Record<string, readonly string[]> = {
  block: [],
  fat: ["block"],
  vfs: ["fat", "block"],
  memory: [],
  elf: [],
  text: [],
  zip: [],
  cpu: ["memory"],
  kernel: ["cpu", "memory", "vfs", "block"],
  firmware: ["memory", "elf", "kernel"],
  dlmodule: ["kernel", "elf", "vfs", "memory", "cpu", "firmware", "text", "zip"],
  serial: ["kernel"],
  smoke: [
    "machine",
    "debug",
    "dlmodule",
    "kernel",
    "cpu",
    "elf",
    "memory",
    "vfs",
    "fat",
    "block",
    "serial",
    "firmware",
  ],
  shell: ["dlmodule", "kernel", "vfs", "fat", "block", "serial", "memory", "firmware"],
  debug: [
    "dwarf",
    "shell",
    "dlmodule",
    "firmware",
    "kernel",
    "cpu",
    "elf",
    "memory",
    "vfs",
    "fat",
    "block",
  ],
  dwarf: ["elf"],
  trace: ["debug", "dwarf", "dlmodule", "elf", "firmware", "kernel", "cpu", "memory", "vfs"],
  gdb: ["trace", "debug", "dlmodule", "elf", "firmware", "kernel", "cpu", "memory", "vfs"],
};
const TOP = new Set([
  "machine",
  "machine.ts",
  "embed.ts",
  "embed",
  "exports.ts",
  "main.ts",
  "build.ts",
  "cli",
]);
const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^;]*?\bfrom\s+"([^"]+)"|\bimport\("([^"]+)"\)/g;
const IO =
  /from "(node:fs|node:child_process|node:net|node:process|node:tty|node:os)|\bprocess\.|\bconsole\.(log|error|warn)|\bBun\.(file|write|spawn|listen|stdin|stdout)/;
/** Build scripts run on the developer's machine, not in the simulator. */
const isScript = (file: string) => /^firmware\/build(\.ts|\/)/.test(file);

const root = join(import.meta.dir, "../../src");
const files = [...new Glob("**/*.ts").scanSync(root)].sort();

test("imports go only in the direction of docs/architecture.md", async () => {
  const wrong: string[] = [];
  for (const file of files) {
    const folder = file.includes("/") ? file.split("/")[0] : file;
    if (TOP.has(folder) || isScript(file) || folder === "sdk") continue;
    const text = await Bun.file(join(root, file)).text();
    for (const match of text.matchAll(IMPORT)) {
      const target = match[1] ?? match[2];
      if (!target.startsWith(".")) continue;
      const path = relative(root, join(root, dirname(file), target));
      const to = path.split("/")[0];
      if (to === folder) continue;
      const door = /\/(mod|types|call)\.ts$/.test(path) || path.endsWith("/mod.ts");
      if (!ALLOWED[folder]?.includes(to))
        wrong.push(`${file} imports ${path}: ${folder} may not use ${to}`);
      else if (!door)
        wrong.push(
          `${file} imports ${path}: only the door mod.ts (or types.ts, call.ts) of another folder`,
        );
    }
  }
  expect(wrong).toEqual([]);
});

test("the core has no I/O", async () => {
  const wrong: string[] = [];
  for (const file of files) {
    const folder = file.split("/")[0];
    if (["main.ts", "build.ts", "embed.ts", "cli"].includes(folder) || isScript(file)) continue;
    const text = (await Bun.file(join(root, file)).text()).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    const found = IO.exec(text);
    if (found) wrong.push(`${file}: ${found[0]}`);
  }
  expect(wrong).toEqual([]);
});
