/** The C mode in the binary: functions of the kernel and the C library. */
import { existsSync } from "node:fs";
import { expect, test } from "bun:test";
import { BINARY, rttSim } from "../cli/binary.ts";

const run = test.skipIf(!existsSync(BINARY));

/** What each line prints. */
function answers(lines: readonly string[]): string[] {
  const input = ["exit", ...lines].map((line) => `${line}\n`).join("");
  const { out } = rttSim(["--snapshot", "disk/disk.img"], input);
  return out
    .split("finsh />")
    .slice(1)
    .map((piece) => piece.replaceAll("\r\n", "\n").split("\n").slice(1).join("\n"));
}

run("C mode calls exported functions with numbers, texts and pointers (needs ./rtt-sim)", () => {
  expect(
    answers([
      'strlen("hello")',
      'int a; sscanf("42","%d",&a); a',
      'char *t="a text"; strlen(t)',
      // Texts stay while lines after them use them.
      "*t",
      'rt_kprintf("%d %s %d %d %d %d\\n", 1, "two", 3, 4, 5, 6); 0',
      'rt_thread_find("nosuch")',
      "strlen==0",
      "int *q=calloc(4,4); *q=5; q=realloc(q,64); *q",
      "free(q); strlen(0); 1",
      "int f; f=strlen; f(t)",
      'open("/nosuch",0)',
      "1,2",
      'f("","","","","","","","","","","","","","","","","")',
      "2+2",
    ]).map((text) => text.replace(/^data abort[^]*shutdown\.\.\.\n/, "<fault>\n")),
  ).toEqual([
    "\t5, 0x00000005\n",
    "\t'*', 42, 0x0000002a\n",
    "\t6, 0x00000006\n",
    "\t'a', 97, 0x00000061\n",
    "1 two 3 4 5 6\n\t0, 0x00000000\n",
    "\t0, 0x00000000\n",
    "Expect a operater\n",
    "\t5, 0x00000005\n",
    "<fault>\n\t1, 0x00000001\n",
    "\t6, 0x00000006\n",
    "\t-1, 0xffffffff\n",
    "Expect a operater\n",
    "Memory full\n",
    "\t4, 0x00000004\n",
    "",
  ]);
});

run("C mode of --compat 4.0.4 knows only what was exported to it (needs ./rtt-sim)", () => {
  const { out } = rttSim(
    ["--compat", "4.0.4", "--snapshot", "disk/disk.img"],
    'exit\nstrlen("a")\nint a=5\na*2\nls("/m0")\nchar *d="/thumb";ls(d)\nmkdir("new",0);ls("/new")\n',
  );
  expect(out).toContain('strlen("a")\r\nNull node\r\n');
  expect(out).toContain("a*2\r\n\t10, 0x0000000a\r\n");
  expect(out).toContain("Directory /m0:\r\n");
  expect(out).toContain("Directory /thumb:\r\n");
  expect(out).toContain("Directory /new:\r\n\t0, 0x00000000\r\n");
});
