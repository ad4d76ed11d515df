/**
 * `bun fresh.ts [PROGRAM ...]`: what a machine is like after machines of this process ran these programs, as a line of JSON; without
 * programs it is that of the first machine of a process.
 */
import { basename } from "node:path";
import { Machine } from "../../src/embed.ts";

const COMMANDS = [
  "free",
  "list_thread",
  "list_timer",
  "list_sem",
  "list_mutex",
  "list_event",
  "list_mailbox",
  "list_msgqueue",
  "list_mempool",
  "list_device",
  "list_module",
  "list_fd",
  "list_symbols",
  "ls /",
  "df",
];

const sha256 = (bytes: Uint8Array): string =>
  new Bun.CryptoHasher("sha256").update(bytes).digest("hex");

/** All RAM, heap and system area included. */
const ram = ({ board: { memory } }: Machine): string =>
  sha256(memory.u8.subarray(memory.base, memory.end));

/** What one program says and takes, and what it leaves in memory. */
async function run(machine: Machine, program: string) {
  const { output, messages, exitCode, instructions, ran, heapMaximum, stacks, leaks } = machine.run(
    await Bun.file(program).bytes(),
    { name: basename(program) },
  );
  return { output, messages, exitCode, instructions, ran, heapMaximum, stacks, leaks };
}

const [what, ...programs] = process.argv.slice(2);
for (const program of programs) {
  using machine = Machine.boot();
  machine.writeFile("/left", "by an earlier test");
  await run(machine, program);
}
using machine = Machine.boot();
const booted = ram(machine);
const lists = COMMANDS.map((line) => machine.execute(line).output);
const asked = ram(machine);
const after = await run(machine, what);
/** What the host translated, and may have from an earlier machine. */
const OF_THE_HOST = new Set(["blocks", "translated instructions", "invalidations"]);
const counters = Object.entries(machine.board.counters()).filter(
  ([name]) => !OF_THE_HOST.has(name),
);
console.log(JSON.stringify({ booted, lists, asked, after, ended: ram(machine), counters }));
