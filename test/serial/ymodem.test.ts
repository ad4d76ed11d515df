/** File transfer by YMODEM with sb and rb of lrzsz, over TCP and pseudo terminals. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, rttSim, scratch } from "../cli/binary.ts";
import { available, Client, Host } from "./host.ts";
import {
  connected,
  files,
  FULL,
  LIMIT,
  lrzsz,
  name,
  noise,
  RB,
  run,
  same,
  SB,
  type Wire,
} from "./ymodem.ts";

setDefaultTimeout(LIMIT);

/** Sizes around the blocks of both kinds. */
const SIZES = [0, 1, 127, 128, 129, 1023, 1024, 1025, 2048, 100_000];

run(
  name("a batch of files of all sizes goes in by ry and out by sy, with progress on the host"),
  async () => {
    using dir = scratch();
    mkdirSync(dir.path("in"));
    mkdirSync(dir.path("out"));
    const names = files(dir.path("in"), SIZES);
    const log = dir.path("log.txt");
    await using board = await connected(["--log", log]);
    const { client, host } = board;
    client.send("ry\r");
    await client.sees("ry\r\n");
    expect(await lrzsz(SB!, ["-k", ...names], dir.path("in"), client)).toBe(0);
    await client.line("");
    expect(client.seen).toContain("f100000.bin: 100000 bytes received\r\n");
    for (const half of FULL ? [names.slice(0, 5), names.slice(5)] : [names.slice(8)]) {
      client.send(`sy ${half.join(" ")}\r`);
      await client.sees("sy f");
      expect(await lrzsz(RB!, [], dir.path("out"), client)).toBe(0);
      await client.line("");
    }
    same(dir.path("in"), dir.path("out"), readdirSync(dir.path("out")));
    expect(host.err).toMatch(
      /rtt-sim: receiving f100000\.bin: 100000 of 100000 bytes, 100%, \d+ KiB\/s\n/,
    );
    expect(host.err).toContain("rtt-sim: sending f2048.bin: 2048 of 2048 bytes, 100%");
    expect(await host.stop("SIGTERM")).toBe(143);
    const logged = readFileSync(log, "latin1");
    const time = "\\[ *\\d+\\.\\d{3}\\] ";
    expect(logged).toMatch(
      new RegExp(`${time}msh />ry\n${time}file transfer\n${time}f0\\.bin: 0 bytes received\n`),
    );
    const first = FULL ? "f0" : "f2048";
    expect(logged).toMatch(
      new RegExp(`>sy ${first}[^\n]*\n${time}file transfer\n${time}${first}\\.bin: `),
    );
    // Lines of text, each with its time; the colours of the boot texts are text too.
    expect(
      logged.split("\n").filter((line) => !/^\[ *\d+\.\d{3}\] [ -~\x1b]*$/.test(line)),
    ).toEqual([""]);
  },
);

run(
  name("128-byte blocks, a name of its own, a directory, a path that is not taken over"),
  async () => {
    using dir = scratch();
    const [file] = files(dir.path("."), [3000]);
    await using board = await connected();
    const { client } = board;
    client.send("ry other.bin\r");
    await client.sees("ry other.bin\r\n");
    expect(await lrzsz(SB!, [file], dir.path("."), client)).toBe(0);
    await client.sees("bytes received\r\nmsh />");
    expect(await client.line("ls")).toMatch(/other\.bin +3000 /);
    await client.line("mkdir sub");
    client.send("ry sub\r");
    await client.sees("ry sub\r\n");
    // sb -f sends the full path.
    expect(await lrzsz(SB!, ["-f", dir.path(file)], "/", client)).toBe(0);
    await client.sees("bytes received\r\nmsh />");
    expect(await client.line("ls sub")).toMatch(/f3000\.bin +3000 /);
  },
);

run(name("ry takes the last part of names with directories, whoever sends them"), async () => {
  using dir = scratch();
  for (const folder of ["a", "a/b", "c"]) mkdirSync(dir.path(folder));
  const sent = { "a/b/one.bin": 3000, "c/two.bin": 130, "c/../a/three.bin": 1 };
  for (const [path, size] of Object.entries(sent)) writeFileSync(dir.path(path), noise(size));
  await using board = await connected();
  const { client } = board;
  await client.line("mkdir into");
  client.send("ry into\r");
  await client.sees("ry into\r\n");
  expect(await lrzsz(SB!, ["-k", "-f", ...Object.keys(sent)], dir.path("."), client)).toBe(0);
  expect(await client.sees("\r\nmsh />")).toContain("into/one.bin: 3000 bytes received\r\n");
  expect(await client.line("ls into")).toMatch(
    /into:\r\none\.bin +3000 +\r\ntwo\.bin +130 +\r\nthree\.bin +1 +\r\nmsh/,
  );
  mkdirSync(dir.path("out"));
  client.send("sy into/one.bin /into/two.bin into/../into/three.bin\r");
  await client.sees("three.bin\r\n");
  expect(await lrzsz(RB!, [], dir.path("out"), client)).toBe(0);
  for (const [path, size] of Object.entries(sent)) {
    const file = path.slice(path.lastIndexOf("/") + 1);
    expect(readFileSync(dir.path(`out/${file}`)).equals(Buffer.from(noise(size)))).toBe(true);
  }
});

run(
  name("sy of files, directories and what is not there: the files go, the rest is named"),
  async () => {
    using dir = scratch();
    await using board = await connected();
    const { client } = board;
    client.send("sy text.txt none.bin thumb readme.txt /none/x\r");
    await client.sees("cannot open none.bin\r\ncannot open thumb\r\ncannot open /none/x\r\n");
    expect(await lrzsz(RB!, [], dir.path("."), client)).toBe(0);
    expect(await client.sees("\r\nmsh />")).toMatch(
      /text\.txt: 35 bytes sent\r\nreadme\.txt: 538 bytes sent\r\nmsh/,
    );
    expect(readdirSync(dir.path(".")).sort()).toEqual(["readme.txt", "text.txt"]);
    for (const file of ["readme.txt", "text.txt"]) {
      const there = rttSim(["disk", "cat", `disk/disk.img:/${file}`]).out;
      expect(readFileSync(dir.path(file), "utf8")).toBe(there);
    }
    expect(await client.line("pwd")).toBe("pwd\r\n/\r\nmsh />");
  },
);

run(name("over a pseudo terminal"), async () => {
  using dir = scratch();
  mkdirSync(dir.path("in"));
  mkdirSync(dir.path("out"));
  const names = files(dir.path("in"), FULL ? [...SIZES, 16 * 1024 * 1024] : [0, 50_000]);
  await using host = new Host(["--serial", "pty"]);
  const tty = await host.where();
  const shell = (cwd: string, script: string): Promise<number> =>
    Bun.spawn(["bash", "-c", script], {
      cwd: dir.path(cwd),
      timeout: FULL ? 500_000 : 60_000,
      stderr: "ignore",
      stdout: "ignore",
    }).exited;
  await Bun.sleep(200);
  expect(
    await shell("in", `printf 'ry\\r' >${tty}; ${SB} -k ${names.join(" ")} <${tty} >${tty}`),
  ).toBe(0);
  await Bun.sleep(200);
  // One session after the other: nothing of the one is left for the next.
  for (const file of names) {
    expect(await shell("out", `printf 'sy ${file}\\r' >${tty}; ${RB} <${tty} >${tty}`)).toBe(0);
    await host.says(`sending ${file}: `);
    await Bun.sleep(3000);
  }
  same(dir.path("in"), dir.path("out"), names);
  // The disk's clock began in 2018.
  expect(statSync(dir.path("out/f0.bin")).mtime.getUTCFullYear()).toBeLessThan(2100);
});

run(
  name("broken blocks are asked for again, in both directions, on a line that begins with noise"),
  async () => {
    using dir = scratch();
    mkdirSync(dir.path("out"));
    const [file] = files(dir.path("."), [40_000]);
    await using board = await connected();
    const { client } = board;
    let large = 0;
    let broken = 0;
    // Every fifth large block has a bit turned or a byte lost.
    const wire: Wire = (bytes) => {
      if (bytes.length < 500 || ++large % 5 !== 0) return bytes;
      broken++;
      if (broken % 2 === 0) return bytes.subarray(1);
      const copy = Uint8Array.from(bytes);
      copy[300] ^= 0x10;
      return copy;
    };
    client.send("ry\r");
    await client.sees("ry\r\n");
    client.send("\x7fnoise\x00\xff");
    expect(await lrzsz(SB!, ["-k", file], dir.path("."), client, wire)).toBe(0);
    expect(broken).toBeGreaterThan(3);
    await client.sees("bytes received\r\nmsh />");
    expect(await client.line("ls")).toMatch(/f40000\.bin +40000 /);
    [large, broken] = [0, 0];
    client.send(`sy ${file}\r`);
    await client.sees(`sy ${file}`);
    expect(await lrzsz(RB!, [], dir.path("out"), client, wire)).toBe(0);
    expect(broken).toBeGreaterThan(3);
    same(dir.path("."), dir.path("out"), [file]);
  },
);

run(
  name("cancelled in the middle, by either side, the shell is back and the line is clean"),
  async () => {
    using dir = scratch();
    mkdirSync(dir.path("out"));
    const [file] = files(dir.path("."), [200_000]);
    await using board = await connected();
    const { client } = board;
    // Whoever sends is stopped: CANs come instead of the rest.
    const stopAt = (limit: number, way: boolean): Wire => {
      let passed = 0;
      let told = false;
      return (bytes, toGuest) => {
        passed += bytes.length;
        if (toGuest !== way || passed < limit) return bytes;
        const answer = told ? new Uint8Array() : new Uint8Array(10).fill(0x18);
        told = true;
        return answer;
      };
    };
    client.send("ry\r");
    await client.sees("ry\r\n");
    const sent = lrzsz(
      "timeout",
      ["3", SB!, "-k", file],
      dir.path("."),
      client,
      stopAt(50_000, true),
    );
    expect(await client.sees("msh />")).toMatch(
      /f200000\.bin: \d+ bytes, incomplete: (cancelled by the other side|time-out)/,
    );
    await sent;
    expect(await client.line("pwd")).toContain("pwd\r\n/\r\nmsh />");
    client.send("ry\r");
    await client.sees("ry\r\n");
    expect(await lrzsz(SB!, ["-k", file], dir.path("."), client)).toBe(0);
    await client.sees("bytes received\r\nmsh />");
    // The receiver gives up.
    client.send(`sy ${file}\r`);
    await client.sees(`sy ${file}`);
    const got = lrzsz("timeout", ["5", RB!], dir.path("out"), client, stopAt(50_000, true));
    await client.sees("incomplete: cancelled by the other side\r\nmsh />");
    expect(await got).not.toBe(0);
    expect(await client.line("pwd")).toContain("pwd\r\n/\r\nmsh />");
    // The guest gives up: the disk has no room for more, and sb hears of it.
    client.send("ry /dev/none/x\r");
    await client.sees("ry /dev/none/x\r\n");
    expect(await lrzsz("timeout", ["20", SB!, "-k", file], dir.path("."), client)).not.toBe(0);
    await client.sees("cannot create /dev/none/x\r\nmsh />");
  },
);

run(
  name("a file that cannot be sent: its receiver is told, and nothing of it is typed"),
  async () => {
    using dir = scratch();
    await using board = await connected();
    const { client } = board;
    client.send("sy none.bin\r");
    await client.sees("cannot open none.bin\r\n");
    expect(await lrzsz("timeout", ["60", RB!], dir.path("."), client)).toBe(128);
    await client.sees("\rmsh />");
    expect(await client.line("pwd")).toBe("pwd\r\n/\r\nmsh />");
    // Without a receiver, what is typed ahead is not lost.
    client.send("sy none.bin\rpwd\rCAN\r");
    await client.sees("CAN: command not found.\r\nmsh />");
    expect(client.seen).toEndWith(
      "cannot open none.bin\r\nmsh />pwd\r\n/\r\nmsh />CAN\r\nCAN: command not found.\r\nmsh />",
    );
  },
);

run(name("names in UTF-8, and hostile ones"), async () => {
  using dir = scratch();
  writeFileSync(dir.path("\u00fcb\u4e2d.txt"), "text");
  await using board = await connected();
  const { client, host } = board;
  client.send("ry\r");
  await client.sees("ry\r\n");
  expect(await lrzsz(SB!, ["\u00fcb\u4e2d.txt"], dir.path("."), client)).toBe(0);
  await client.sees("bytes received\r\nmsh />");
  await host.says(Buffer.from("receiving \u00fcb\u4e2d.txt: 4 of 4 bytes").toString("latin1"));
  const utf8 = Buffer.from("\u00fcb\u4e2d.txt").toString("latin1");
  expect(await client.line(`cat ${utf8}`)).toContain("\r\ntext\r\nmsh />");
  client.send(`sy ${utf8}\r`);
  await client.sees(".txt");
  mkdirSync(dir.path("out"));
  expect(await lrzsz(RB!, [], dir.path("out"), client)).toBe(0);
  expect(readdirSync(dir.path("out"))).toEqual(["\u00fcb\u4e2d.txt"]);
  writeFileSync(dir.path("\x1b]0;x\x07"), "");
  client.send("ry\r");
  await client.sees("ry\r\n");
  await lrzsz("timeout", ["10", SB!, "\x1b]0;x\x07"], dir.path("."), client);
  await client.sees("msh />");
  expect(host.err).not.toContain("\x1b");
});

run(
  name("a broken start is taken up again: the sender is there first, then gone, then there"),
  async () => {
    using dir = scratch();
    const [file] = files(dir.path("."), [5000]);
    await using board = await connected();
    const { client } = board;
    client.send("ry\r");
    await client.sees("ry\r\n");
    // Block 0 arrives cut off, and its sender is gone.
    client.send("\x01\x00\xfff5000.bin");
    await Bun.sleep(1500);
    expect(await lrzsz(SB!, ["-k", file], dir.path("."), client)).toBe(0);
    await client.sees("bytes received\r\nmsh />");
    expect(await client.line("ls")).toMatch(/f5000\.bin +5000 /);
  },
);

for (const [release, program] of [
  ["4.0.4", "rym"],
  ["5.x", "five-rym"],
]) {
  run(
    name(
      `--abi ${release}: ry and sy, and a module that calls rym_recv_on_device and rym_send_on_device, on the console and on uart1`,
    ),
    async () => {
      using dir = scratch();
      mkdirSync(dir.path("out"));
      const [file] = files(dir.path("."), [3000]);
      const module = readFileSync(join(ROOT, `test/fixtures/modules/${program}.mo`));
      writeFileSync(dir.path("rym.mo"), module);
      await using board = await connected(["--abi", release, "--serial1", "tcp:0"]);
      const { client, host } = board;
      await using second = await Client.connect(await host.where("uart1"));
      client.send("ry\r");
      await client.sees("ry\r\n");
      expect(await lrzsz(SB!, ["-k", "rym.mo"], dir.path("."), client)).toBe(0);
      await client.line("");
      client.send("rym r uart0\r");
      await client.sees("msh />");
      expect(await lrzsz(SB!, ["-k", file], dir.path("."), client)).toBe(0);
      await client.sees("result 0, stage 5");
      client.send(`rym s uart1 /${file}\r`);
      expect(await lrzsz(RB!, [], dir.path("out"), second)).toBe(0);
      await client.sees("result 0, stage 5");
      same(dir.path("."), dir.path("out"), [file]);
      await client.line("");
      client.send("sy rym.mo\r");
      await client.sees("sy rym.mo");
      expect(await lrzsz(RB!, [], dir.path("out"), client)).toBe(0);
      await client.line("");
      same(dir.path("."), dir.path("out"), ["rym.mo"]);
    },
  );
}

(FULL ? run : test.skip)(name("16 MiB in and out, intact (RTT_SIM_FULL=1)"), async () => {
  using dir = scratch();
  mkdirSync(dir.path("out"));
  const [file] = files(dir.path("."), [16 * 1024 * 1024]);
  await using board = await connected();
  const { client } = board;
  client.send("ry\r");
  await client.sees("ry\r\n");
  expect(await lrzsz(SB!, ["-k", file], dir.path("."), client)).toBe(0);
  await client.sees("bytes received\r\nmsh />");
  client.send(`sy ${file}\r`);
  await client.sees(`sy ${file}`);
  expect(await lrzsz(RB!, [], dir.path("out"), client)).toBe(0);
  same(dir.path("."), dir.path("out"), [file]);
  expect(readdirSync(dir.path("out"))).toEqual([file]);
});

(available ? test : test.skip)("rym_recv_on_device gives up when nobody is there", () => {
  const { out, code } = rttSim(["run", join(ROOT, "test/fixtures/modules/rym.mo"), "r", "uart1"]);
  // -RYM_ERR_TMO, RYM_STAGE_ESTABLISHING.
  expect([out, code]).toEqual(["result -112, stage 1\n", 1]);
});

(available ? test : test.skip)(
  "struct rym_ctx of RT-Thread 5 has the device where its programs look for it",
  () => {
    const module = join(ROOT, "test/fixtures/modules/five-rym.mo");
    const { out, code } = rttSim(["run", "--abi", "5.x", module, "r", "uart1"]);
    expect([out, code]).toEqual(["result -112, stage 1\n", 1]);
  },
);

(available ? test : test.skip)("what cannot be sent or received is named", () => {
  const out = (...lines: string[]): string =>
    rttSim(["--snapshot", ...lines.flatMap((line) => ["-c", line]), "disk/disk.img"]).out;
  expect(out("sy")).toBe("invalid file path.\n");
  expect(out("sy none.bin")).toBe("cannot open none.bin\n");
  expect(out("sy thumb")).toBe("cannot open thumb\n");
  expect(out("sy text.txt rtc")).toBe("could not find device.\n");
  expect(out("ry a b")).toBe("Usage: ry [path] [device]\n");
});
