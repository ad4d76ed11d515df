/** What serial lines can be connected to. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, lstatSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { ByteQueue } from "../../src/kernel/mod.ts";
import { rttSim, scratch } from "../cli/binary.ts";
import { available, Client, Host, WHY } from "./host.ts";

setDefaultTimeout(60_000);
const run = available ? test.concurrent : test.skip;
const name = (what: string): string => (available ? what : `${what} (${WHY})`);

run(
  name(
    "tcp: on loopback, one client, who may go and come back; the boot text is kept for the first",
  ),
  async () => {
    await using host = new Host(["--serial", "tcp:0"]);
    const where = await host.where();
    expect(where).toMatch(/^127\.0\.0\.1:\d+$/);
    const first = await Client.connect(where);
    await first.sees("Thread Operating System");
    await first.sees("msh />");
    expect(await first.line("pwd")).toBe("pwd\r\n/\r\nmsh />");
    const second = await Client.connect(where);
    await second.sees("in use");
    await second.gone();
    await first.line('echo "kept" k.txt');
    first.end();
    await Bun.sleep(100);
    await using third = await Client.connect(where);
    expect(await third.line("cat k.txt")).toBe("cat k.txt\r\nkept\r\nmsh />");
    expect(await host.stop()).toBe(130);
  },
);

run(name("tcp: the exact serial console: CR LF, no echo of its own, plain editing"), async () => {
  await using host = new Host(["--serial", "tcp:127.0.0.1:0"]);
  await using client = await Client.connect(await host.where());
  await client.sees("msh />");
  client.send("ab\x1b[Hc\r");
  await client.sees("abHc\r\nabHc: command not found.\r\nmsh />");
});

run(name("tcp: a megabyte for a client that reads slowly arrives whole"), async () => {
  await using host = new Host(["--serial", "tcp:0"]);
  await using client = await Client.connect(await host.where());
  await client.sees("msh />");
  for (let i = 0; i < 400; i++) client.send(`echo "${i} ${"x".repeat(50)}"\r`);
  for (let i = 0; i < 400; i++) await client.sees(`\r\n${i} xxxx`);
});

run(name("tcp: a client that has said everything still gets its answer"), async () => {
  await using host = new Host(["--serial", "tcp:0"]);
  const client = await Client.connect(await host.where());
  client.send("hello\r");
  client.saidAll();
  await client.sees("Hello, world\r\n");
  await client.gone();
  await using next = await Client.connect(await host.where());
  expect(await next.line("pwd")).toContain("pwd\r\n/\r\nmsh />");
});

run(
  name("unix: a socket that was left behind is taken over, one in use and a file are not"),
  async () => {
    using dir = scratch();
    const path = dir.path("line");
    {
      await using killed = new Host(["--serial", `unix:${path}`]);
      await killed.where();
      await killed.stop("SIGKILL");
    }
    expect(lstatSync(path).isSocket()).toBe(true);
    await using host = new Host(["--serial", `unix:${path}`]);
    await using client = await Client.connect(await host.where());
    expect(await client.sees("msh />")).toContain("hello rt-thread");
    expect(rttSim(["--serial", `unix:${path}`])).toMatchObject({
      code: 74,
      err: expect.stringContaining("in use"),
    });
    expect(await host.stop("SIGTERM")).toBe(143);
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, "text");
    expect(rttSim(["--serial", `unix:${path}`]).err).toContain("is not a socket");
    expect(readFileSync(path, "utf8")).toBe("text");
  },
);

run.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)(
  name("unix: a client that reads nothing does not keep %s from ending the session"),
  async (signal, code) => {
    using dir = scratch();
    const path = dir.path("line");
    await using host = new Host(["--serial", `unix:${path}`]);
    await using client = await Client.connect(await host.where());
    await client.sees("msh />");
    client.deaf();
    client.send("list_symbols\r".repeat(60));
    await Bun.sleep(300);
    const start = performance.now();
    expect(await host.stop(signal)).toBe(code);
    // The system slept for a minute at a time.
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(existsSync(path)).toBe(false);
  },
);

run(
  name("pty: its path is said and linked to; programs open it, leave it and come back"),
  async () => {
    using dir = scratch();
    const link = dir.path("tty");
    await using host = new Host(["--serial", "pty", "--pty-link", link]);
    const where = await host.where();
    expect(where).toMatch(/^\/dev\/(pts\/|ttys)\d+$/);
    expect(readlinkSync(link)).toBe(where);
    // The shell of the host is the terminal program: it writes a line and reads what comes back.
    const talk = async (line: string, end: string): Promise<string> => {
      const script = `exec 3<>${link}; printf '${line}\\r' >&3; timeout 5 sed -u '\\%${end}%q' <&3`;
      const { stdout } = Bun.spawn(["bash", "-c", script]);
      return Buffer.from(await new Response(stdout).arrayBuffer()).toString("latin1");
    };
    expect(await talk("pwd", "^/")).toEndWith("msh />pwd\r\n/\r\n");
    expect(await talk("version", "Copyright")).toContain("4.0.4 build");
    expect(await host.stop()).toBe(130);
    expect(existsSync(link)).toBe(false);
  },
);

run(name("pty: a file in the way of the link stays"), () => {
  using dir = scratch();
  writeFileSync(dir.path("tty"), "mine");
  const { code, err } = rttSim(["--serial", "pty", "--pty-link", dir.path("tty")]);
  expect([code, err]).toEqual([74, expect.stringContaining("there is a file of that name")]);
  expect(readFileSync(dir.path("tty"), "utf8")).toBe("mine");
});

run(name("pty: a system nobody listens to goes on"), async () => {
  await using host = new Host(["--serial", "pty", "--serial1", "tcp:0"]);
  const where = await host.where();
  // Far more than a terminal holds, and nobody reads it.
  const script = `exec 3>${where}; for i in $(seq 60); do printf 'list_symbols\\r' >&3; done; sleep 2; printf 'sy text.txt uart1\\r' >&3; sleep 2`;
  const writer = Bun.spawn(["bash", "-c", script]);
  const client = await Client.connect(await host.where("uart1"));
  await Bun.sleep(2700);
  client.send("C");
  await client.sees("text.txt\0");
  await writer.exited;
});

run(name("pty: what nobody reads is lost beyond 4 MiB, and it is told how much"), async () => {
  await using host = new Host(["--serial", "null", "--serial1", "pty"]);
  const where = await host.where("uart1");
  const mebibytes = 5;
  // A terminal takes its bytes only as fast as they are read: when head has ended, all but its last piece have arrived.
  await Bun.spawn(["bash", "-c", `head -c ${mebibytes << 20} /dev/zero >${where}`]).exited;
  await host.says("what arrives now is lost");
  await Bun.sleep(300);
  await host.stop();
  await host.says(`${(mebibytes - 4) << 20} bytes were lost that nobody read`);
});

run(name("file and null: only listened to; the run ends when nothing runs any more"), () => {
  using dir = scratch();
  const file = dir.path("out");
  const run = rttSim([
    "--snapshot",
    "--serial",
    `file:${file}`,
    "--rc",
    "/script.sh",
    "disk/disk.img",
  ]);
  expect([run.code, run.out]).toEqual([0, ""]);
  expect(readFileSync(file, "latin1")).toContain(
    "Copyright by rt-thread team\r\nmsh />Hello, world\r\n",
  );
  expect(rttSim(["--serial", "null", "-c", "hello"])).toEqual({ code: 0, out: "", err: "" });
});

run(
  name("uart1 is a line of its own: a program writes to it while the console is typed at"),
  async () => {
    using dir = scratch();
    const file = dir.path("second");
    const on = ["--serial1", `file:${file}`];
    // Nobody can answer there.
    const refused = rttSim([...on, "-c", "ry . uart1", "-c", "sy readme.txt uart1", "-c", "pwd"]);
    expect(refused.out).toBe("nobody can answer on uart1\nnobody can answer on uart1\n/\n");
    expect(readFileSync(file, "latin1")).toBe("");
    const typed = [
      "exit",
      'int uart = rt_device_find("uart1")',
      "rt_device_open(uart, 3)",
      'rt_device_write(uart, 0, "over there", 10)',
      "msh()",
      "pwd",
    ];
    const { out } = rttSim([...on, "disk/disk.img", "--snapshot"], `${typed.join("\n")}\n`);
    expect(out).toEndWith("msh />pwd\r\n/\r\nmsh />");
    expect(readFileSync(file, "latin1")).toBe("over there");
  },
);

run(
  name("tcp: who sends faster than the guest reads waits; one who has gone meanwhile is noticed"),
  async () => {
    await using host = new Host(["--serial", "tcp:0", "--serial1", "tcp:0"]);
    await using person = await Client.connect(await host.where());
    const where = await host.where("uart1");
    const client = await Client.connect(where);
    await person.sees("msh />");
    for (const line of [
      "exit",
      'int uart = rt_device_find("uart1")',
      "rt_device_open(uart, 3)",
      "char *to = rt_malloc(100000)",
      "int n = 0",
      "int sum = 0",
    ]) {
      person.send(`${line}\r`);
      await person.sees("finsh />");
    }
    // More than is kept for a line that nobody reads.
    const total = 6 << 20;
    client.send(new Uint8Array(total).fill(0x61));
    await Bun.sleep(500);
    const other = await Client.connect(where);
    await other.sees("in use");
    let read = 0;
    const take = async (): Promise<number> => {
      person.send("sum = sum + rt_device_read(uart, 0, to, 100000)\r");
      await person.sees("finsh />");
      const shown = /(\d+), 0x/.exec(person.seen.slice(person.seen.lastIndexOf("rt_device_read")));
      return Number(shown?.[1]);
    };
    for (let tries = 0; read < total && tries < 2000; tries++) read = await take();
    expect(read).toBe(total);
    client.send(new Uint8Array(1 << 20).fill(0x62));
    client.end();
    await Bun.sleep(200);
    await using next = await Client.connect(where);
    next.send("last");
    for (let tries = 0; read < total + (1 << 20) + 4 && tries < 2000; tries++) read = await take();
    expect(read).toBe(total + (1 << 20) + 4);
    person.send('rt_device_write(uart, 0, "hello", 5)\r');
    await next.sees("hello");
  },
);

run(name("what cannot be is refused with a reason"), () => {
  const refused = (...argv: string[]): string => {
    const { code, err } = rttSim(argv);
    expect([2, 74]).toContain(code);
    return err;
  };
  expect(refused("--serial", "modem")).toContain("choose one of: stdio, pty");
  expect(refused("--serial", "tcp:1.2.3.4.5:x")).toContain("is not a serial back-end");
  expect(refused("--serial", "tcp:70000")).toContain("there is no port 70000");
  expect(refused("--serial", "tcp:no-such-host.invalid:0")).toContain("no host of that name");
  expect(refused("--serial", "tcp:45671", "--serial1", "tcp:127.0.0.1:45671")).toContain(
    "--serial1: tcp:127.0.0.1:45671 is the place of --serial already",
  );
  expect(refused("--serial", "pty", "--pty-link", "/nowhere/x")).toContain("no such folder");
  expect(refused("--serial", "pty", "--pty-link", "/tmp")).toContain("/tmp: it is a folder");
  if (process.platform === "linux")
    expect(refused("--log", "/dev/full", "-c", "pwd")).toContain("cannot write --log /dev/full");
  expect(refused("--serial", "tcp:192.0.2.1:0")).toContain("cannot listen at 192.0.2.1:0");
  expect(refused("--serial", "unix:/nowhere/at/all")).toContain("cannot listen at /nowhere/at/all");
  expect(refused("--serial", "file:/nowhere/at/all")).toContain("no such folder");
  expect(refused("--log", "/nowhere/at/all")).toContain("no such folder");
  expect(refused("--serial", "pty", "-c", "ls")).toContain("file:PATH or null");
  expect(refused("--serial1", "stdio")).toContain("the console is there already");
  expect(refused("--pty-link", "x")).toContain("--serial pty");
  expect(refused("--history", "many")).toContain("not a number");
});

run(
  name("--rc runs a script of the disk before the first prompt; a missing one is an error"),
  () => {
    const { out } = rttSim(["--snapshot", "--rc", "/script.sh", "disk/disk.img"]);
    expect(out).toEndWith("2006 - 2021 Copyright by rt-thread team\r\nmsh />Hello, world\r\n");
    const missing = rttSim(["--rc", "/none.sh", "-c", "pwd"]);
    expect(missing).toMatchObject({ code: 66, out: "" });
    expect(missing.err).toContain("--rc: there is no script '/none.sh' on the disk");
    expect(rttSim(["--rc", "/dev"])).toMatchObject({ code: 66, out: "" });
    using dir = scratch();
    writeFileSync(dir.path("start.sh"), "echo mounted\n");
    const mounted = ["--mount", `${dir.path("")}:/host`, "--rc", "/host/start.sh", "-c", "pwd"];
    expect(rttSim(mounted)).toMatchObject({ code: 0, out: "mounted\n/\n" });
    expect(
      rttSim(["--snapshot", "--rc", "/script.sh", "-c", "pwd", "disk/disk.img"]).out,
    ).toContain("Copyright by rt-thread team\nHello, world\n/\n");
  },
);

run(
  name("a last line without an end is run, but for a board that gets the bytes as they are"),
  () => {
    expect(rttSim(["--snapshot", "disk/disk.img"], "hello").out).toEndWith(
      "msh />hello\r\nmsh />Hello, world\r\n",
    );
    expect(rttSim(["--snapshot", "disk/disk.img"], "pwd\necho x").out).toEndWith(
      "msh />echo x\r\nx\r\nmsh />",
    );
    expect(rttSim(["--compat", "4.0.4", "--snapshot", "disk/disk.img"], "hello").out).toEndWith(
      "msh />hello",
    );
  },
);

run(name("--history, and rich editing where it is asked for, over a pipe"), () => {
  const keys = (argv: string[], text: string): string =>
    rttSim(["--snapshot", ...argv, "disk/disk.img"], text).out;
  const lines = "cd a\ncd b\ncd c\n";
  expect(keys(["--history", "2"], `${lines}\x1b[A\x1b[A\x1b[A\n`)).toEndWith(
    "\x1b[2K\rmsh />cd c\x1b[2K\rmsh />cd b\r\nNo such directory: b\r\nmsh />",
  );
  expect(keys(["--editing", "rich"], "sion\x1b[Hver\n")).toContain("Copyright by rt-thread team");
});

test("a queue of bytes is a queue", () => {
  const queue = new ByteQueue();
  const model: number[] = [];
  let next = 0;
  for (let round = 0; round < 500; round++) {
    const size = (round * 37) % 301;
    const bytes = Uint8Array.from({ length: size }, () => next++ & 0xff);
    queue.push(bytes);
    model.push(...bytes);
    const count = (round * 53) % 307;
    expect([...queue.take(count)]).toEqual(model.splice(0, count));
    expect(queue.length).toBe(model.length);
    if (model.length > 0) expect(queue.shift()).toBe(model.shift() as number);
  }
  expect(queue.take(-1).length).toBe(0);
});
