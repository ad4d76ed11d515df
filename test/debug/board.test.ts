import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import {
  abortReport,
  assertionReport,
  faultReport,
  overflowReport,
  type Report,
  deadlockReport,
} from "../../src/debug/mod.ts";
import { Board, fixture } from "../dlmodule/board.ts";

const root = join(import.meta.dir, "../..");
const objdump = Bun.which("arm-none-eabi-objdump");

const transcript = (name: string): string => `test/fixtures/transcripts/${name}.mo`;
const dl = (name: string): string => `test/fixtures/dl/${name}.mo`;

/** Runs a module and collects the reports of what goes wrong. */
function crash(path: string, args = ""): { reports: Report[]; board: Board } {
  const name = path.slice(path.lastIndexOf("/") + 1, -3);
  const board = new Board({ files: { [`/${name}.mo`]: fixture(path) } });
  const { kernel, loader } = board;
  const parts = { kernel, loader, symbols: board.firmware };
  const reports: Report[] = [];
  const { fault, stackOverflow, assertion } = kernel.hooks;
  kernel.hooks.fault = (cpuFault, thread) => {
    fault?.(cpuFault, thread);
    reports.push(faultReport(parts, cpuFault, thread));
  };
  kernel.hooks.stackOverflow = (thread) => {
    stackOverflow?.(thread);
    reports.push(overflowReport(parts, thread));
  };
  kernel.hooks.assertion = (expression, fn, line, thread) => {
    assertion?.(expression, fn, line, thread);
    reports.push(assertionReport(parts, { expression, fn, line }, thread));
  };
  loader.onAbort(({ thread }) => reports.push(abortReport(parts, thread)));
  board.run(`${name} ${args}`);
  return { reports, board };
}

/** The instruction that objdump shows at a link-time address of a module. */
function disassembled(path: string, address: number): string {
  const range = [`--start-address=${address}`, `--stop-address=${address + 4}`];
  const { stdout } = Bun.spawnSync([objdump!, "-d", ...range, join(root, path)]);
  return stdout.toString().trimEnd().split("\n").pop()!.split("\t").slice(2).join(" ");
}

/** `t_fault+0x170` -> 0x170: the modules here are linked at 0. */
function offset(text: string | undefined): number {
  return Number(/\+(0x[0-9a-f]+)/.exec(text ?? "")?.[1]);
}

test("a write through NULL", () => {
  const { reports } = crash(transcript("t_fault"));
  expect(reports.length).toBe(1);
  const [{ title, text, backtrace }] = reports;
  expect(title).toBe("data abort in thread t_fault, module t_fault (/t_fault.mo)");
  expect(text).toMatch(/write at 0x00000000 \(.*\): NULL/);
  expect(backtrace[0].place?.symbol).toBe("main");
  if (objdump)
    expect(disassembled(transcript("t_fault"), offset(backtrace[0].place?.text))).toMatch(/^str/);
});

test("a call through NULL names the caller", () => {
  const [{ backtrace, hint }] = crash(transcript("t_nullcal")).reports;
  expect(backtrace[0]).toMatchObject({ address: 0, place: undefined });
  expect(backtrace[1]).toMatchObject({ from: "lr" });
  expect(backtrace[1].place?.symbol).toBe("main");
  expect(hint).toContain("function pointer is NULL");
  if (objdump)
    expect(disassembled(transcript("t_nullcal"), offset(backtrace[1].place?.text))).toMatch(
      /^blx\s+r3/,
    );
});

test("an undefined instruction", () => {
  const [{ text }] = crash(transcript("t_undins")).reports;
  expect(text).toMatch(/undefined instruction in thread t_undins/);
  expect(text).toMatch(/instruction 0xe7f\w{5} at 0x/);
});

test("a second thread is named, with its module", () => {
  const [{ title, hint }] = crash(dl("subexit"), "n").reports;
  expect(title).toBe("data abort in thread sub, module subexit (/subexit.mo)");
  expect(hint).toContain("a pointer is NULL");
});

test("a used-up stack", () => {
  const { reports } = crash(dl("overflow"));
  expect(reports[0].kind).toBe("stack overflow");
  expect(reports[0].text).toContain("the stack has 32768 bytes");
  expect(reports[0].hint).toContain("--stack 65536");
});

test("a failed assertion shows the expression and where it is", () => {
  const [{ text, backtrace }] = crash(transcript("t_assert")).reports;
  expect(text).toMatch(/failed assertion in thread t_assert/);
  expect(text).toMatch(/in main, line \d+/);
  expect(backtrace.some(({ place }) => place?.symbol === "main")).toBe(true);
});

test("abort() shows who called it", () => {
  const { reports } = crash(dl("subexit"), "a");
  expect(reports[0].title).toBe("abort() in thread sub, module subexit (/subexit.mo)");
  expect(reports[0].backtrace.some(({ place }) => place?.module === "subexit")).toBe(true);
});

describe("who waits for what", () => {
  test("a semaphore that nobody releases, owned by a module", () => {
    const board = new Board({
      files: { "/m_sub.mo": fixture("test/fixtures/probes/system/m_sub.mo") },
    });
    const { loader, kernel } = board;
    let report = "";
    board.do(function* () {
      yield* loader.exec("/m_sub.mo", "m_sub");
      yield* kernel.threads.sleep(12);
      report = deadlockReport(kernel);
    });
    expect(report).toMatch(
      /thread bblock \(priority 20\) waits for semaphore subs, since \d+\.\d{3} ms/,
    );
    expect(report).toContain("thread aloop (priority 20) sleeps until tick ");
    expect(report).not.toContain("tidle0");
  });
});
