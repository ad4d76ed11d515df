/** Reports into pipes, by readers of all kinds: in time, slow, late, in any order, gone, standing still, and none. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PipeReport, fillPipes, type Sent } from "../../src/cli/report-pipe.ts";
import { BINARY, ROOT, scratch } from "../cli/binary.ts";

setDefaultTimeout(60_000);

const HELLO = join(ROOT, "disk/prebuilt/a9/hello.mo");
const POSIX = process.platform !== "win32";

/** Runs a line of bash in a folder with hello.mo; `$R` is the binary. */
function bench() {
  const dir = scratch();
  copyFileSync(HELLO, dir.path("hello.mo"));
  const sh = (line: string) => {
    const run = Bun.spawnSync(["bash", "-c", line], {
      cwd: dir.path("."),
      env: { ...process.env, R: BINARY },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: 30_000,
    });
    return { code: run.exitCode, out: run.stdout.toString(), err: run.stderr.toString() };
  };
  const at = (file: string): string => readFileSync(dir.path(file), "utf8");
  return { dir, sh, at, [Symbol.dispose]: () => dir[Symbol.dispose]() };
}

test.skipIf(!POSIX)(
  "readers that are slow, late, and take turns in another order get all",
  async () => {
    using b = bench();
    const run = b.sh(
      `mkfifo one two
     (sleep 0.3; cat two one >both) & both=$!
     $R test --reporter junit:one --reporter tap:two --reporter json:>(sleep 0.2; cat >slow) hello.mo
     code=$?; wait $both; exit $code`,
    );
    expect(run).toEqual({ code: 0, out: "", err: "" });
    const both = b.at("both");
    expect(both).toStartWith("TAP version 14\n1..1\nok 1 - hello.mo\n");
    expect(both).toEndWith("</testsuites>\n");
    // The shell does not wait for it.
    await Bun.sleep(500);
    expect(JSON.parse(b.at("slow")).summary).toMatchObject({ tests: 1, passed: 1 });
  },
);

test.skipIf(!POSIX)("what is larger than a pipe arrives in it as in a file", () => {
  using b = bench();
  const tests = Array.from({ length: 400 }, (_, n) => `t${n}.mo`);
  b.sh(`for f in ${tests.join(" ")}; do cp hello.mo $f; done`);
  const run = b.sh(
    "$R test --reporter json:file --reporter json:>(sleep 0.2; cat >slow; touch done) .; code=$?; while [ ! -e done ]; do sleep 0.05; done; exit $code",
  );
  expect(run.code).toBe(0);
  expect(b.at("file").length).toBeGreaterThan(1 << 17);
  expect(b.at("slow")).toBe(b.at("file"));
});

test.skipIf(!POSIX)(
  "a reader that has gone, or never comes, keeps no other from its report",
  () => {
    using b = bench();
    for (const [pipe, why] of [
      [
        ">(exec true)",
        /cannot write the report \/dev\/fd\/\d+: (its reader has gone|nobody reads that pipe)\n/,
      ],
      ["none", /^rtt-sim: cannot write the report none: nobody reads that pipe\n$/],
    ] as const) {
      const run = b.sh(
        `rm -f none; mkfifo none; $R test --json --reporter junit:${pipe} --reporter tap:>(cat >late) --reporter github:file hello.mo; code=$?; sleep 0.3; exit $code`,
      );
      expect(run.err).toMatch(why);
      expect(run.code).toBe(74);
      // One object, with the verdict.
      expect(JSON.parse(run.out).summary).toMatchObject({ tests: 1, passed: 1 });
      expect(b.at("file")).toContain("1 passed, 0 failed");
      expect(b.at("late")).toContain("ok 1 - hello.mo");
    }
  },
);

test.skipIf(!POSIX)(
  "every report that cannot be written is told, beside one object of --json",
  () => {
    using b = bench();
    const run = b.sh(
      "$R test --json --reporter tap:/dev/full --reporter junit:>(exec true) hello.mo",
    );
    expect(run.err).toContain("cannot write the report /dev/full: ENOSPC, no space is left");
    expect(run.err).toContain("cannot write the report /dev/fd/");
    expect(run.code).toBe(74);
    expect(JSON.parse(run.out).summary).toMatchObject({ tests: 1, passed: 1 });
  },
);

test.skipIf(!POSIX)(
  "one that stands still is given up, and the others are not kept waiting",
  () => {
    using b = bench();
    b.sh("mkfifo stuck fine");
    const readers = [
      Bun.spawn(["bash", "-c", "exec sleep 50 <stuck"], { cwd: b.dir.path(".") }),
      Bun.spawn(["bash", "-c", "cat fine"], { cwd: b.dir.path("."), stdout: "pipe" }),
    ];
    try {
      const ends: Record<string, Sent | Error> = {};
      const order: string[] = [];
      const bytes = new Uint8Array(300_000).fill(0x41);
      const reports = ["stuck", "fine"].map((name) => new PipeReport(b.dir.path(name)));
      for (const report of reports) report.begin(bytes);
      const started = performance.now();
      fillPipes(reports, { come: 20_000, take: 300 }, ({ file }, how) => {
        const name = file.slice(file.lastIndexOf("/") + 1);
        order.push(name);
        ends[name] = how;
      });
      expect(order).toEqual(["fine", "stuck"]);
      expect(ends).toEqual({ fine: "all", stuck: "stuck" });
      expect(performance.now() - started).toBeGreaterThanOrEqual(300);
    } finally {
      for (const reader of readers) reader.kill();
    }
  },
);
