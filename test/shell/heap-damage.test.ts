/** A heap that somebody wrote over, as the user of the binary hears of it. */
import { existsSync } from "node:fs";
import { expect, test } from "bun:test";
import { BINARY, rttSim } from "../cli/binary.ts";

const run = test.skipIf(!existsSync(BINARY));
/** 40 bytes into a block of 16, by a line of the C mode, which belongs to no module. */
const OVERRUN = "rt_memset(p,65,40)";

run("is reported on stderr when an allocation meets it, once (needs ./rtt-sim)", () => {
  const typed = `exit\nchar *p=rt_malloc(16)\n${OVERRUN}\nmsh()\nhello\nhello\n`;
  const { out, err } = rttSim(["--snapshot", "disk/disk.img"], typed);
  expect(err.match(/heap corruption, found by rt_malloc in thread tshell/g)?.length).toBe(1);
  const [, header] =
    /the header of the heap block at 0x([0-9a-f]+) was overwritten/.exec(err) ?? [];
  const [, block] = /rt_malloc\(16\)\r\n\t[^\n]*0x([0-9a-f]{8})/.exec(out)!;
  // The next block, behind 16 bytes of the one and its own header of 16.
  expect(parseInt(header, 16)).toBe(parseInt(block, 16) + 32);
  expect(out).not.toContain("rtt-sim:");
});

run("is reported when a program ends, with the block it was next to (needs ./rtt-sim)", () => {
  // A block behind the damaged one, which nobody frees: rt_free would find it when its neighbour goes.
  const blocks = ["p", "q", "r"].map((name) => `char *${name}=rt_malloc(16)\n`).join("");
  const typed = `exit\n${blocks}${OVERRUN}\nmsh()\nhello\n`;
  const { out, err } = rttSim(["--snapshot", "disk/disk.img"], typed);
  expect(out).toContain("Hello, world");
  expect(err).toMatch(
    /heap corruption, found at the end of \/hello\.mo:\n {2}the header of the heap block at 0x[0-9a-f]+ was overwritten, most likely by a store beyond the end of the block before it: 16 bytes at 0x/,
  );
  const quiet = rttSim(["--compat", "4.0.4", "--snapshot", "disk/disk.img"], "hello\n");
  expect(quiet.err).toBe("");
});
