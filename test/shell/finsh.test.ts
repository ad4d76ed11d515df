import { expect, test } from "bun:test";
import { FakeBoard } from "./fake.ts";
import { maskDate, recording } from "./recording.ts";

/** Values that are addresses in the real kernel image. */
const ADDRESSES = new Set(["hello\r", '"abc"\r']);

for (const name of ["20-finsh", "p-misc"]) {
  test(`C mode of the recorded session ${name}`, () => {
    const { steps } = recording(name);
    const board = new FakeBoard();
    board.received();
    board.lists.set(
      "free",
      "total memory: 7877068\nused memory : 12876\nmaximum allocated memory: 15092\n",
    );
    let cMode = false;
    for (const { typed, received } of steps) {
      if (typed === "exit\r") cMode = true;
      if (!cMode || ADDRESSES.has(typed)) continue;
      if (typed === "list_thread()\r") {
        board.lists.set("thread", received.split("\r\n").slice(1, -2).join("\n").concat("\n"));
      }
      expect([typed, maskDate(board.type(typed))]).toEqual([typed, maskDate(received)]);
    }
    expect(cMode).toBe(true);
  });
}

/** Lines typed one after the other, each with what is printed for it. */
function session(lines: readonly (readonly [string, string])[], compat404 = true): void {
  const board = new FakeBoard({ "/": [] }, compat404);
  board.type("exit\r");
  board.received();
  for (const [line, answer] of lines) {
    const printed = answer === "" ? "" : `${answer}\r\n`;
    expect(board.type(`${line}\r`)).toBe(`${line}\r\n${printed}finsh />`);
  }
}

/** The values are those of the same text compiled as C for ARM, where it is C. */
const EXPRESSIONS: [string, string][] = [
  ["2+3*4", "\t14, 0x0000000e"],
  ["(2+3)*4", "\t20, 0x00000014"],
  ["1<<4|3", "\t19, 0x00000013"],
  // As lsl and asr by a register do it, in qemu-arm.
  ["1<<32", "\t0, 0x00000000"],
  ["1<<255", "\t0, 0x00000000"],
  ["1<<256", "\t1, 0x00000001"],
  ["1<<-1", "\t0, 0x00000000"],
  ["1<<31", "\t-2147483648, 0x80000000"],
  ["-8>>32", "\t-1, 0xffffffff"],
  ["-8>>256", "\t-8, 0xfffffff8"],
  ["8>>33", "\t0, 0x00000000"],
  ["6&3^5|8", "\t15, 0x0000000f"],
  ["~0", "\t-1, 0xffffffff"],
  ["-5%3", "\t-2, 0xfffffffe"],
  ["- -5", "\t5, 0x00000005"],
  ["7/2-7%4", "\t0, 0x00000000"],
  ["1/0", "\t0, 0x00000000"],
  ["0x7fffffff+1", "\t-2147483648, 0x80000000"],
  ["4294967297", "\t1, 0x00000001"],
  ["0xFFFFFFFF", "\t-1, 0xffffffff"],
  ["010", "\t8, 0x00000008"],
  ["0b101", "\t5, 0x00000005"],
  ["100L", "\t'd', 100, 0x00000064"],
  ["'A'", "\t'A', 65, 0x00000041"],
  ["'\\n'", "\t10, 0x0000000a"],
  ["'\\x7e'", "\t126, 0x0000007e"],
  ["'\\101'", "\t'A', 65, 0x00000041"],
  ["'\\''", "\t''', 39, 0x00000027"],
  ["(char)0x141", "\t'A', 65, 0x00000041"],
  ["(short)0x18000", "\t-32768, 0xffff8000"],
  ["(unsigned short)-1", "\t65535, 0x0000ffff"],
  ["(int)'a'+1", "\t'b', 98, 0x00000062"],
  ['*"abc"', "\t'a', 97, 0x00000061"],
  ['*("abc"+2)', "\t'c', 99, 0x00000063"],
  ['*("\\x41\\102"+1)', "\t'B', 66, 0x00000042"],
  ["NULL", "\t0, 0x00000000"],
  ["1;2;3", "\t3, 0x00000003"],
  ["dummy=5; dummy*2", "\t10, 0x0000000a"],
  ['cd("/")', "\t0, 0x00000000"],
  ["1+", "Unexpect end"],
  ["1 2", "Expect a operater"],
  ["1=2", "Expect a operater"],
  ["(1", "Expect a character"],
  ["@", "Unknown token"],
  ["1.5", "Float not supported"],
  ["nosuch", "Unknown symbol"],
  ["1+nosuch", "Unknown symbol"],
  ["nosuch+1", "Null node"],
  ["nosuch=1", "Null node"],
  ["hello(nosuch)", "Unknown symbol"],
  ["int int", "Unknown type"],
  ["int 5", "Expect a type"],
  ["*0", "Bad address 0x00000000"],
  ["*16=1", "Bad address 0x00000010"],
  [`${"(".repeat(60)}1`, "Expect a character"],
];

for (const [line, answer] of EXPRESSIONS) {
  test(`C mode: ${line}`, () => session([[line, answer]]));
}

test("C mode: variables of all types", () => {
  session([
    ["int a", "\t0, 0x00000000"],
    ["a=5", "\t5, 0x00000005"],
    ["a++", "\t5, 0x00000005"],
    ["++a", "\t7, 0x00000007"],
    ["a--", "\t7, 0x00000007"],
    ["--a", "\t5, 0x00000005"],
    ["int a", "Variable exist"],
    ["char c=300", "\t',', 44, 0x0000002c"],
    ["c=255;c++;c", "\t0, 0x00000000"],
    ["short s=-1", "\t-1, 0xffffffff"],
    ["unsigned short u=-1", "\t65535, 0x0000ffff"],
    ["int x=1, y=2, z;", "\t2, 0x00000002"],
    ["z=x=y+a", "\t7, 0x00000007"],
    ["x+y+z", "\t16, 0x00000010"],
    // Eight variables are what 4.0.4 has room for.
    ["int more", "\t0, 0x00000000"],
    ["int many", "Variable exist"],
  ]);
});

test("C mode: pointers", () => {
  session(
    [
      ['char *s="xyz"; *s', "\t'x', 120, 0x00000078"],
      ["*(s+1)", "\t'y', 121, 0x00000079"],
      ["s++; *s", "\t'y', 121, 0x00000079"],
      ["*s='Q'; *s", "\t'Q', 81, 0x00000051"],
      ["*(s+1)", "\t'z', 122, 0x0000007a"],
      ["int a=0x11223344; int *p=&a; *p", "\t'D', 287454020, 0x11223344"],
      ["*p=7; a", "\t7, 0x00000007"],
      ["(*p)++; a", "\t8, 0x00000008"],
      ["*&a", "\t8, 0x00000008"],
      ["*(char*)p", "\t8, 0x00000008"],
      ["p-&a", "\t0, 0x00000000"],
      ["&5", "Expect a operater"],
      ["&nosuch", "Null node"],
    ],
    false,
  );
});

test("C mode: nothing of a line with an error in it is executed", () => {
  session([
    ["hello(); 1 2", "Expect a operater"],
    ["dummy=1; nosuch()", "Null node"],
    ["dummy", "\t0, 0x00000000"],
  ]);
});
