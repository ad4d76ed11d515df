import { expect, test } from "bun:test";
import { makeDisk } from "../../src/fat/mod.ts";
import { Vfs } from "../../src/vfs/mod.ts";
import { FakeBoard } from "./fake.ts";
import { maskDate, recording } from "./recording.ts";

/** Devices of the reference board, newest first. */
const NODES = [
  { name: "sd0", block: true },
  { name: "rtc", block: false },
  { name: "uart1", block: false },
  { name: "uart0", block: false },
];

/** A board with the recorded card mounted on `/`. */
function board(session: string, compat404 = true): FakeBoard {
  const card = recording(session).card();
  const vfs = new Vfs({
    nodes: () => NODES,
    disk: (name) => (name === "sd0" ? card : undefined),
  });
  vfs.openConsole("/dev/uart0");
  vfs.mount("sd0", "/", "elm");
  return new FakeBoard(vfs, compat404);
}

/** Steps in which programs run, or that show what only the kernel knows. */
const NOT_HERE =
  /^(hello|\/hello|HELLO|d2\/hello|zz|script\.sh|ps|free|list_(?!fd|date|mem$|foo|$))|^date$/;

/** Steps that show something of the card which ours does not have. */
const OTHER_CARD: Record<string, string> = {
  "02-files: cat hello.mo": "the recorded program is not ours",
  "p-mkfs: df": "the recorded card's partition entry claims more sectors than the card has",
};

const SESSIONS = [
  "01-basic",
  "02-files",
  "p-cd_mkdir",
  "p-cp",
  "p-echo_df",
  "p-longline",
  "p-ls",
  "p-mkfs",
  "p-mv",
  "p-quoting",
  "p-script",
];

for (const name of SESSIONS) {
  test(`file commands of the recorded session ${name}`, () => {
    const { steps } = recording(name);
    const tested = board(name);
    expect(tested.received()).toBe("msh />");
    for (const { typed, received } of steps) {
      const line = typed.trim();
      if (NOT_HERE.test(line) || `${name}: ${line}` in OTHER_CARD) continue;
      // Without programs there is no repeated character, see double-echo.test.ts.
      const doubled = line !== "" && received.startsWith(line[0] + line);
      const expected = doubled ? received.slice(1) : received;
      expect([typed, maskDate(tested.type(typed))]).toEqual([typed, maskDate(expected)]);
    }
  });
}

/** Runs lines on a small disk; what the last one printed. */
function run(lines: string[], { compat404 = false } = {}): string {
  const disk = makeDisk(
    [
      { path: "f", bytes: bytes("file f\n") },
      { path: "long", bytes: bytes("a longer file\n") },
      { path: "d/in", bytes: bytes("in\n") },
      { path: "self.sh", bytes: bytes("self.sh\n") },
      { path: "wide.sh", bytes: bytes(`echo "${"W".repeat(300)}"\npwd\n`) },
      { path: "blank.sh", bytes: bytes("\n\n  \t\n # no\n\techo x\r\necho y") },
      { path: "ro", bytes: bytes("read-only"), attributes: 1 },
    ],
    { size: 1 << 20 },
  );
  const vfs = new Vfs({ nodes: () => NODES, disk: () => disk });
  vfs.mount("sd0", "/", "elm");
  const tested = new FakeBoard(vfs, compat404);
  let answer = "";
  for (const line of lines) {
    tested.received();
    answer = tested.type(`${line}\r`);
  }
  return answer.slice((lines.at(-1) ?? "").length).replaceAll("\r\n", "\n");
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("a script that starts itself ends when the descriptors are used up", () => {
  expect(run(["self.sh"])).toBe("\nself.sh: command not found.\nmsh />");
  expect(run(["self.sh", "cat f"])).toBe("\nfile f\n\nmsh />");
});

test("a script line of more than 256 characters is cut; the rest is a line of its own", () => {
  expect(run(["wide.sh"])).toBe(
    `\n${"W".repeat(250)}\n${"W".repeat(50)}": command not found.\n/\nmsh />`,
  );
});

test("blank lines and comments of scripts are skipped, the last line needs no end", () => {
  expect(run(["blank.sh"])).toBe("\nx\ny\nmsh />");
});

test("ls of the directory above lists it, and with compat404 only its header", () => {
  expect(run(["cd d", "ls .."])).toStartWith("\nDirectory ..:\nf                   7     ");
  expect(run(["cd d", "ls .."], { compat404: true })).toBe("\nDirectory ..:\nmsh /d>");
});

test("mv of a file to itself keeps it, and with compat404 deletes it", () => {
  expect(run(["mv f f", "cat f"])).toBe("\nfile f\n\nmsh />");
  expect(run(["mv f f", "cat f"], { compat404: true })).toBe("\nOpen f failed\nmsh />");
  expect(run(["mv d/in d/IN", "ls d"])).toStartWith("\nDirectory d:\nIN     ");
  expect(run(["mv none f", "cat f"])).toBe("\nfile f\n\nmsh />");
});

test("cp cuts a longer target, and with compat404 leaves its tail", () => {
  expect(run(["cp f long", "cat long"])).toBe("\nfile f\n\nmsh />");
  expect(run(["cp f long", "cat long"], { compat404: true })).toBe("\nfile f\nr file\n\nmsh />");
});

test("a directory is not copied into itself", () => {
  expect(run(["cp d d/e"])).toBe("\ncp failed, cannot copy d into itself\nmsh />");
  expect(run(["cp d d"])).toBe("\ncp failed, cannot copy d into itself\nmsh />");
  expect(run(["cp d d2", "ls d2"])).toStartWith("\nDirectory d2:\nin      ");
});

test("rm: options, directories, what cannot be removed", () => {
  expect(run(["rm -x f"])).toBe("\nError: Bad option: x\nmsh />");
  expect(run(["rm -"])).toBe("\nmsh />");
  expect(run(["rm -f none"])).toBe("\nmsh />");
  expect(run(["rm -rv d f"])).toBe("\nremoved 'd/in'\nremoved directory 'd'\nremoved 'f'\nmsh />");
  expect(run(["rm ro"])).toBe("\ncannot remove 'ro'\nmsh />");
});

test("TAB completes the names of the disk", () => {
  expect(run(["cat lo\t"])).toEndWith("\nmsh />cat long\na longer file\n\nmsh />");
});

test("date: ranges, local time of UTC + 8, list_date", () => {
  expect(run(["date"])).toBe("\nMon Jan  1 08:00:00 2018\nmsh />");
  expect(run(["list_date"])).toBe("\nMon Jan  1 08:00:00 2018\n\nmsh />");
  expect(run(["date 2031 7 9 10 11 12", "date"])).toBe("\nWed Jul  9 10:11:12 2031\nmsh />");
  expect(run(["date 2020 2 31 1 2 3 9", "date"])).toBe("\nMon Mar  2 01:02:03 2020\nmsh />");
  for (const [line, error] of [
    ["1999 1 1 0 0 0", "year is out of range [2000-2099]"],
    ["2020 13 1 0 0 0", "month is out of range [1-12]"],
    ["2020 1 32 0 0 0", "day is out of range [1-31]"],
    ["2020 1 1 24 0 0", "hour is out of range [0-23]"],
    ["2020 1 1 0 60 0", "minute is out of range [0-59]"],
    ["2020 1 1 0 0 -1", "second is out of range [0-59]"],
  ])
    expect(run([`date ${line}`])).toBe(`\n${error}\nmsh />`);
});
