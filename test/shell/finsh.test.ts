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

const EXPRESSIONS: [string, string][] = [
  ["2+3*4", "\t14, 0x0000000e"],
  ["(2+3)*4", "\t20, 0x00000014"],
  ["1<<4|3", "\t19, 0x00000013"],
  ["~0", "\t-1, 0xffffffff"],
  ["7/2-7%4", "\t0, 0x00000000"],
  ["1/0", "\t0, 0x00000000"],
  ["0x7fffffff+1", "\t-2147483648, 0x80000000"],
  ["010", "\t8, 0x00000008"],
  ["dummy=5; dummy*2", "\t10, 0x0000000a"],
  ["1+", "Unexpect end"],
  ["1 2", "Expect a operater"],
  ["@", "Unknown token"],
  ['cd("/")', "\t0, 0x00000000"],
];

for (const [line, answer] of EXPRESSIONS) {
  test(`C mode: ${line}`, () => {
    const board = new FakeBoard();
    board.type("exit\r");
    board.received();
    expect(board.type(`${line}\r`)).toBe(`${line}\r\n${answer}\r\nfinsh />`);
  });
}
