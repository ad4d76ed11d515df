/** Sessions at a terminal: how they end or are interrupted, what is left of them, and what is kept for the next one. */
import { expect, setDefaultTimeout } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { scratch } from "../cli/binary.ts";
import { atPrompt, name, Person, run } from "./person.ts";

setDefaultTimeout(60_000);

run.each([
  ["SIGTERM", 143],
  ["SIGHUP", 129],
  ["SIGINT", 130],
  ["SIGQUIT", 131],
] as const)(
  name("killed by %s: exit code %d, the terminal is sane, the disk is written"),
  async (signal, code) => {
    using dir = scratch();
    const image = dir.path("disk.img");
    writeFileSync(image, readFileSync("disk/disk.img"));
    await using person = new Person([image]);
    await person.sees("msh />");
    await person.line('echo "kept" kept.txt');
    person.type("bench 100000000\r");
    await Bun.sleep(100);
    person.child.kill(signal);
    expect(await person.code()).toBe(code);
    expect(person.sane).toBe(true);
    await using again = new Person([image]);
    await again.sees("msh />");
    expect(await again.line("cat kept.txt")).toContain("\r\nkept\r\n");
  },
);

run.each([
  "SIGUSR1",
  "SIGUSR2",
  "SIGALRM",
  "SIGVTALRM",
  "SIGPROF",
  "SIGIO",
  "SIGXCPU",
  "SIGSYS",
] as const)(name("killed by %s: it dies by that, the terminal is sane"), async (signal) => {
  for (const second of [[], ["--serial", "null", "--serial1", "stdio"]]) {
    await using person = new Person(["--snapshot", ...second, "disk/disk.img"]);
    await person.sees(second.length === 0 ? "msh />" : "uart0 is null");
    const raw = (): boolean => !person.sane;
    while (!raw()) await Bun.sleep(5);
    person.child.kill(signal);
    await person.code();
    expect(person.child.signalCode as unknown).toBe(signal);
    expect(raw()).toBe(false);
  }
});

run(
  name("stopped and continued, the terminal is raw again and the line is shown again"),
  async () => {
    await using person = await atPrompt();
    person.type("pw");
    await person.sees("pw");
    person.child.kill("SIGSTOP");
    await Bun.sleep(50);
    // As a shell leaves it.
    person.terminal.localFlags |= process.platform === "linux" ? 0xa : 0x108;
    expect(person.sane).toBe(true);
    person.child.kill("SIGCONT");
    await person.sees("\r\n\r\x1b[C\x1b[J\rmsh />pw");
    expect(person.sane).toBe(false);
    expect(await person.line("d")).toBe("d\r\n/\r\nmsh />");
  },
);

run(
  name("history is kept between sessions, and a state directory that cannot be used does no harm"),
  async () => {
    using dir = scratch();
    const env = { XDG_STATE_HOME: dir.path("state") };
    {
      await using first = await atPrompt([], { env });
      await first.line("echo one");
      await first.line(" echo secret");
      // A session that is killed leaves its lines too.
      first.child.kill("SIGKILL");
      await first.code();
    }
    const file = dir.path("state/rtt-sim/history");
    expect(readFileSync(file, "utf8")).toBe("echo one\n");
    expect(statSync(file).mode & 0o077).toBe(0);
    await using second = await atPrompt([], { env });
    expect(await second.line("\x1b[A")).toContain("echo one\r\none\r\n");
    mkdirSync(dir.path("odd/rtt-sim/history"), { recursive: true });
    await using third = await atPrompt([], { env: { XDG_STATE_HOME: dir.path("odd") } });
    expect(await third.line("echo three")).toContain("\r\nthree\r\n");
    await using none = await atPrompt(["--history", "0"], { env });
    await none.line("echo four");
    none.type("\x1b[A\x1b[A!\r");
    await none.sees("!: command not found.");
    expect(readFileSync(file, "utf8")).not.toContain("four");
    // A few lines for one session do not cost the others theirs.
    const many = Array.from({ length: 400 }, (_, i) => `echo ${i}\n`).join("");
    writeFileSync(file, many);
    await using few = await atPrompt(["--history", "3"], { env });
    few.type("\x1b[A".repeat(9));
    await few.sees("echo 397");
    expect(readFileSync(file, "utf8")).toBe(many);
    // A file that is no text is somebody else's.
    const binary = Buffer.from([0xff, 0xfe, 0, 1, 10, 0x80]);
    writeFileSync(file, binary);
    await using spoilt = await atPrompt([], { env });
    await spoilt.line("echo five");
    expect(readFileSync(file).equals(binary)).toBe(true);
  },
);

run(name("reboot starts the system again, on the disk as it is"), async () => {
  await using person = await atPrompt();
  await person.line('echo "here" mark.txt');
  person.type("reboot\r");
  await person.sees("Thread Operating System");
  await person.sees("msh />");
  expect(await person.line("cat mark.txt")).toContain("\r\nhere\r\n");
  person.type("\x01x");
  expect(await person.code()).toBe(0);
});

run(name("--log has what was shown, with times"), async () => {
  using dir = scratch();
  const log = dir.path("log.txt");
  await using person = await atPrompt(["--log", log]);
  await person.line("echo logged");
  person.type("\x01x");
  await person.code();
  expect(existsSync(log)).toBe(true);
  const text = readFileSync(log, "utf8");
  expect(text).toMatch(/^\[ +\d+\.\d{3}\] logged$/m);
  expect(
    text
      .split("\n")
      .slice(0, -1)
      .every((line) => /^\[ *\d+\.\d{3}\] /.test(line)),
  ).toBe(true);
});
