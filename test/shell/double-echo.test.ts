import { expect, test } from "bun:test";
import { FakeBoard } from "./fake.ts";

/** In the recordings `hhello.mo` follows a `hello` that printed through the C library, and an empty line `\r\nmsh />\r`. */
test("the character after a program's stdout write appears twice, as on the board", () => {
  const board = new FakeBoard();
  board.received();
  board.shell.doubleEcho();
  board.shell.doubleEcho();
  expect(board.type("pwd\r")).toBe("ppwd\r\n/\r\nmsh />");
  board.shell.doubleEcho();
  expect(board.type("\r")).toBe("\r\nmsh />\r");
  expect(board.type("pwd\r")).toBe("pwd\r\n/\r\nmsh />");
});

test("without compat404 it appears once", () => {
  const board = new FakeBoard({ "/": [] }, false);
  board.received();
  board.shell.doubleEcho();
  expect(board.type("pwd\r")).toBe("pwd\r\n/\r\nmsh />");
});
