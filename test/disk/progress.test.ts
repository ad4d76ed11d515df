/** Work of more than a second says how far it is, on a terminal only, and leaves nothing of that behind. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { Bench, RTT_SIM } from "./tool.ts";

setDefaultTimeout(60_000);
const bench = new Bench();
afterAll(() => bench.remove());

const SLOW = `(head -c 3000000 /dev/zero; sleep 1.5; head -c 3000000 /dev/zero; sleep 0.4; head -c 1000 /dev/zero)`;

async function onTerminal(command: string): Promise<string> {
  let seen = "";
  const terminal = new Bun.Terminal({
    cols: 80,
    rows: 24,
    data: (_terminal, bytes) => {
      seen += Buffer.from(bytes).toString("latin1");
    },
  });
  const child = Bun.spawn(["sh", "-c", command], { cwd: bench.folder, terminal });
  expect(await child.exited).toBe(0);
  // What was written before the end can arrive after it.
  for (let i = 0; i < 20 && !seen.endsWith("\x1b[K"); i++) await Bun.sleep(25);
  terminal.close();
  return seen;
}

test.skipIf(process.platform === "win32")(
  "slow copying on a terminal, quick work, and no terminal",
  async () => {
    bench.out("disk", "create", "--size", "16M", "slow.img");
    const copy = `${SLOW} | ${RTT_SIM.join(" ")} disk cp - slow.img:/slow.bin`;
    const seen = await onTerminal(copy);
    expect(seen).toContain("rtt-sim: copying 5.7 MiB so far");
    expect(seen).toEndWith("\r\x1b[K");
    expect(await onTerminal(`${RTT_SIM.join(" ")} disk fsck slow.img`)).not.toContain("%");
    expect(bench.tool(["sh", "-c", copy]).err).toBe("");
    expect(bench.out("disk", "ls", "-l", "slow.img")).toContain("6001000");
  },
);

const LONG = process.env.RTT_SIM_FULL === "1" && process.platform !== "win32";
test.skipIf(!LONG)("many small files are counted as files (RTT_SIM_FULL=1)", async () => {
  // Work of more than a second: as many files as it takes, on a slow machine and on a fast one. A FAT directory holds 65,536; the folders count too.
  for (let i = 0; i < 200_000; i++) bench.file(`many/${i % 5}/${i}`, "");
  const seen = await onTerminal(`${RTT_SIM.join(" ")} disk create --size 64M --from many many.img`);
  expect(seen).toMatch(/rtt-sim: copying \d+% of 200005 files/);
  expect(seen).toEndWith("\r\x1b[K");
});
