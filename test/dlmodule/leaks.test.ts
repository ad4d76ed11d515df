/** What modules leave behind: leaks/build.sh makes the programs. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

setDefaultTimeout(120_000);

const files = { "/leaks.mo": fixture("test/dlmodule/leaks/leaks.mo") };
const run = (board: WholeBoard, ...args: string[]): string[] => {
  board.diagnostics.length = 0;
  expect(board.run("/leaks.mo", ["leaks", ...args].join(" "))).toContain("0.333\n");
  return board.diagnostics.map((text) => text.replace(/\+0x[0-9a-f]+/g, "+OFFSET"));
};
const used = (board: WholeBoard): number => board.machine.kernel.heap.used;

describe("is reported with the place it came from, and given back", () => {
  // What the C library keeps for itself is made by the first run.
  const fresh = (): WholeBoard => {
    const board = new WholeBoard(files);
    run(board);
    return board;
  };
  test("nothing: no report", () => {
    expect(run(fresh(), "none")).toEqual([]);
  });
  test("blocks of the heap", () => {
    const board = fresh();
    const before = used(board);
    expect(run(board, "heap")).toEqual([
      "/leaks.mo left behind (given back now):\n" +
        "  3 heap blocks, 60 bytes, from make_list+OFFSET\n" +
        "  1 heap block, 10 bytes, from make_text+OFFSET\n" +
        "  1 heap block, 100 bytes, from make_kernel_block+OFFSET\n" +
        "  1 heap block, 2000 bytes, from make_kernel_block+OFFSET",
    ]);
    expect(used(board)).toBe(before);
  });
  test("descriptors and streams; what was written is in the file", () => {
    const board = fresh();
    expect(run(board, "file", "stream")).toEqual([
      "/leaks.mo left behind (given back now):\n  descriptor 4 (/left.txt), from main+OFFSET\n  stream of descriptor 5 (/stream.txt), from main+OFFSET",
    ]);
    const before = used(board);
    expect(board.machine.vfs.openFiles().map(({ fd }) => fd)).toEqual([3]);
    expect(Buffer.from(board.machine.vfs.readFile("/stream.txt")).toString()).toBe("written\n");
    run(board, "file", "stream");
    expect(used(board)).toBe(before);
  });
  test("devices, callbacks of devices, idle hooks", () => {
    const board = fresh();
    expect(run(board, "device", "callback", "hook")).toEqual(
      [
        '/leaks.mo left behind (given back now):\n  device "mydev", from main+OFFSET\n' +
          '  rx_indicate of device "uart1", from main+OFFSET, which calls leaks 0xADDRESS\n  idle hook leaks 0xADDRESS, from main+OFFSET'.replaceAll(
            "0xADDRESS",
            () => `0x${/leaks 0x([0-9a-f]+)/.exec(board.diagnostics[0])![1]}`,
          ),
      ].map((text) => expect.stringMatching(pattern(text))),
    );
    expect(board.run("/leaks.mo", "leaks")).toBe("0.333\n");
  });
  test("after exit() as well; a fault is enough to report", () => {
    expect(run(fresh(), "exit")[0]).toMatch(/1 heap block, 10 bytes, from make_text/);
    const board = fresh();
    const before = used(board);
    expect(run(board, "fault").join()).not.toContain("left behind");
    expect(used(board)).toBe(before);
  });
});

describe("what the kernel keeps for a program is reported as well, and the memory is as before", () => {
  const COUNTER = "counter init 11\ncounter destructor 11\ncounter cleanup 11\n";
  const CASES: readonly (readonly [what: string, left: readonly string[], output?: string])[] = [
    ["dir", ["descriptor 4 (/), from scan+OFFSET", "1 heap block, 524 bytes, from scan+OFFSET"]],
    ["create", ["1 heap block, 84 bytes, from main+OFFSET"]],
    ["device", ['device "made", from main+OFFSET', "1 heap block, 84 bytes, from main+OFFSET"]],
    [
      "env",
      [
        "environment variable MODE, from settings+OFFSET",
        "environment variable HOME, from settings+OFFSET",
      ],
    ],
    ["ring", ["2 heap blocks, 76 bytes, from main+OFFSET"]],
    ["timer", ['timer "tick", from main+OFFSET, running, which calls beat']],
    ["stopped", ['timer "idle", from main+OFFSET, stopped, which calls beat']],
    [
      "opened",
      ['2 open devices "uart1", from main+OFFSET, rt_device_open without rt_device_close'],
    ],
    ["pin", ["interrupt handler of pin 3, from main+OFFSET, which calls beat"]],
    [
      "hooks",
      [
        'rx_indicate of device "uart1", which calls system 0xADDRESS',
        'tx_complete of device "uart1", from set_all+OFFSET, which calls system 0xADDRESS',
        "idle hook beat, from set_all+OFFSET",
        "hook of rt_timer_enter_sethook beat, from set_all+OFFSET",
      ],
    ],
    ["sem", ['semaphore "dyn", from main+OFFSET']],
    ["thread", ['thread "worker", from main+OFFSET, still running work']],
    ["unborn", ['thread "unborn", from main+OFFSET, never started, with work']],
    [
      "open",
      [
        "library /counter.so, from main+OFFSET and main+OFFSET, open: 2 calls of dlopen without dlclose",
      ],
      COUNTER,
    ],
    [
      "load",
      ["module /counter.so, from main+OFFSET, dlmodule_load without dlmodule_destroy"],
      COUNTER,
    ],
    ["start", ["program /t_spin.mo, from main+OFFSET, which it started and which still ran"]],
    ["clean", [], COUNTER + COUNTER],
  ];
  for (const [what, left, output = ""] of CASES)
    test(what, () => {
      const board = new WholeBoard(
        {
          "/system.mo": fixture("test/dlmodule/leaks/system.mo"),
          "/counter.so": fixture("test/fixtures/dl/counter.so"),
          "/t_spin.mo": fixture("test/fixtures/transcripts/t_spin.mo"),
        },
        { leaks: "error" },
      );
      // The table of the environment is made once, and stays.
      board.run("/system.mo", "system env");
      const before = used(board);
      for (let n = 0; n < 2; n++) {
        board.diagnostics.length = 0;
        expect(board.run("/system.mo", `system ${what}`)).toBe(output);
        const said = board.diagnostics.join("\n").replace(/\+0x[0-9a-f]+/g, "+OFFSET");
        expect(said.replace(/system 0x[0-9a-f]+/g, "system 0xADDRESS")).toBe(
          left.length === 0
            ? ""
            : ["/system.mo left behind (given back now):", ...left].join("\n  "),
        );
        expect(used(board)).toBe(before);
        expect(board.machine.loader.modules()).toEqual([]);
        expect(board.machine.outcome.code).toBe(left.length === 0 ? 0 : 138);
      }
    });
});

test("things of one place are counted; each place is behind a call in the function, as objdump shows it", () => {
  const board = new WholeBoard({ "/system.mo": fixture("test/dlmodule/leaks/system.mo") });
  board.run("/system.mo", "system many");
  const lines = board.diagnostics.join("\n").split("\n  ").slice(1);
  // Newest first, as they are taken out of service.
  expect(lines.map((line) => line.replace(/\+0x[0-9a-f]+/g, "+OFFSET"))).toEqual([
    'memory pool "pool", from make_all+OFFSET',
    'message queue "line", from make_all+OFFSET',
    'mailbox "box", from make_all+OFFSET',
    'event "e", from make_all+OFFSET',
    'mutex "n", from make_all+OFFSET',
    'mutex "m", from make_all+OFFSET',
    '10 semaphores "s9", "s8", "s7", "s6", "s5", "s4", "s3", "s2" and 2 more, from make_all+OFFSET',
    "descriptor 4 (/made.txt), from make_all+OFFSET",
  ]);
  const offsets = lines.map((line) => Number(/\+(0x[0-9a-f]+)/.exec(line)![1]));
  expect(new Set(offsets).size).toBe(lines.length);
  if (!Bun.which("arm-none-eabi-objdump")) return;
  const tool = (...command: string[]): string =>
    Bun.spawnSync([...command, join(import.meta.dir, "leaks/system.mo")]).stdout.toString();
  const start = parseInt(/^([0-9a-f]+) . make_all$/m.exec(tool("arm-none-eabi-nm", "-D"))![1], 16);
  const listing = tool("arm-none-eabi-objdump", "-d");
  for (const offset of offsets) {
    const call = (start + offset - 4).toString(16);
    expect(listing).toMatch(new RegExp(`^ +${call}:\\s.*\\sblx?\\s`, "m"));
  }
});

test("a report that is too long keeps the sum of the heap, and a name cannot move the cursor", () => {
  const board = new WholeBoard({ "/many.mo": fixture("test/dlmodule/leaks/many.mo") });
  board.run("/many.mo", "many");
  const [, semaphore, ...lines] = board.diagnostics.join("\n").split("\n");
  expect(semaphore).toStartWith(String.raw`  semaphore "\"\x1b[2J\n\\", from main+0x`);
  expect(lines).toHaveLength(21);
  expect(lines[0]).toStartWith("  1 heap block, 10 bytes, from main+0x");
  // 25 blocks of 10 to 14, 20 to 24, ... 50 to 54 bytes.
  expect(lines.slice(-2)).toEqual(["  and 6 more", "  in all 25 heap blocks, 800 bytes"]);
});

test("a device that was left open is closed as often", () => {
  const board = new WholeBoard({ "/system.mo": fixture("test/dlmodule/leaks/system.mo") });
  const references = (): string => /^uart1 .*?(\d+)\s*$/m.exec(board.line("list_device"))![1];
  expect(references()).toBe("0");
  board.run("/system.mo", "system opened");
  expect(references()).toBe("0");
});

describe("what a library has made for a program is the program's when the library is closed", () => {
  const lent = {
    "/borrower.mo": fixture("test/dlmodule/leaks/borrower.mo"),
    "/lender.so": fixture("test/dlmodule/leaks/lender.so"),
  };
  const SAID = "mine, mine as well, lent\n";
  test("used and freed: no report", () => {
    const board = new WholeBoard(lent, { leaks: "error" });
    for (let n = 0; n < 2; n++) {
      expect(board.run("/borrower.mo", "borrower")).toBe(SAID);
      expect(board.diagnostics).toEqual([]);
      expect(board.machine.outcome.code).toBe(0);
    }
  });
  test("not freed: reported at the end of the program, with the function of the library", () => {
    const board = new WholeBoard(lent);
    board.run("/borrower.mo", "borrower");
    const before = used(board);
    expect(board.run("/borrower.mo", "borrower keep")).toBe(SAID);
    expect(board.diagnostics.join("\n").replace(/\+0x[0-9a-f]+/g, "+OFFSET")).toBe(
      "/borrower.mo left behind (given back now):\n" +
        "  1 heap block, 50 bytes, from make+OFFSET\n" +
        "  1 heap block, 60 bytes, from make_kernel+OFFSET",
    );
    expect(used(board)).toBe(before);
  });
});

/** Addresses in the text match any. */
function pattern(text: string): RegExp {
  const quoted = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${quoted.replace(/0x[0-9a-f]+/g, "0x[0-9a-f]+")}$`);
}

test("4.0.4 keeps everything and says nothing", () => {
  const board = new WholeBoard(files, { compat404: true });
  run(board);
  const before = used(board);
  expect(run(board, "heap", "file")).toEqual([]);
  expect(used(board) - before).toBeGreaterThan(2000);
  expect(board.machine.vfs.openFiles().map(({ fd }) => fd)).toEqual([3, 4]);
});

describe("policies", () => {
  test("ignore: given back without a word", () => {
    const board = new WholeBoard(files, { leaks: "ignore" });
    run(board);
    const before = used(board);
    expect(run(board, "heap")).toEqual([]);
    expect(used(board)).toBe(before);
    expect(board.machine.outcome.code).toBe(2);
  });
  test("error: the exit code says so, unless the program left nothing", () => {
    const board = new WholeBoard(files, { leaks: "error" });
    expect(run(board, "heap")).toHaveLength(1);
    expect(board.machine.outcome).toMatchObject({ kind: "leaks", code: 138 });
    run(board);
    expect(board.machine.outcome).toMatchObject({ kind: "returned", code: 2 });
  });
});

test("on the command line: --leaks error gives exit code 138, ignore the program's own", () => {
  const run = (...options: string[]) => {
    const command = [process.execPath, "src/main.ts", "run", ...options];
    const cwd = join(import.meta.dir, "../..");
    const program = ["test/dlmodule/leaks/leaks.mo", "heap"];
    const { exitCode, stderr } = Bun.spawnSync([...command, ...program], { cwd });
    return [exitCode, stderr.toString().split("\n")[0]];
  };
  const said = "rtt-sim: /leaks.mo left behind (given back now):";
  expect(run("--leaks", "error")).toEqual([138, said]);
  expect(run()).toEqual([2, said]);
  expect(run("--leaks", "ignore")).toEqual([2, ""]);
}, 30_000);
