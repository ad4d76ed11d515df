/** Where a pipe ends while the shell still executes: what was typed behind that is executed as well. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { makeDisk } from "../../src/fat/mod.ts";
import { BINARY, rttSim, scratch } from "../cli/binary.ts";

const ready = existsSync(BINARY);
const run = ready ? test : test.skip;
const name = (what: string): string => (ready ? what : `${what} (needs ./rtt-sim: bun run build)`);

/** What comes back for lines, from the first prompt on, without the bytes that cancel a transfer. */
function typed(input: string, argv: readonly string[] = []) {
  const { out, ...rest } = rttSim(["--snapshot", ...argv, "disk/disk.img"], input);
  return { ...rest, out: out.replace(/[\r\x18\b]/g, "").replace(/^[^]*?(?=msh \/>)/, "") };
}

for (const argv of [[], ["--time", "real"]]) {
  for (const pause of ["rt_thread_mdelay(10)", "rt_thread_delay(1)", "sleep(1)"]) {
    run(name(`${pause} in the C mode, ${argv.join(" ") || "virtual time"}`), () => {
      const { out, code, err } = typed(`exit\n${pause}\n1+1\nmsh()\npwd\n`, argv);
      expect(out).toBe(
        `msh />exit\nfinsh />${pause}\n\t0, 0x00000000\nfinsh />1+1\n\t2, 0x00000002\n` +
          "finsh />msh()\n\t0, 0x00000000\nmsh />pwd\n/\nmsh />",
      );
      expect({ code, err }).toEqual({ code: 0, err: "" });
    });
  }

  run(name(`ry and sy say that nobody answers, ${argv.join(" ") || "virtual time"}`), () => {
    expect(typed("ry\npwd\n", argv).out).toMatch(
      /^msh \/>ry\nC+time-out: the other side does not answer\nmsh \/>$/,
    );
    expect(typed("sy readme.txt\n", argv).out).toBe(
      "msh />sy readme.txt\ntime-out: the other side does not answer\nmsh />",
    );
  });

  run(
    name(`a shell that waits for ever is a deadlock, ${argv.join(" ") || "virtual time"}`),
    () => {
      const line = 'rt_sem_take(rt_sem_create("x",0,0),-1)';
      const { out, code, err } = typed(`exit\n${line}\n1+1\n`, argv);
      expect(out).toBe(`msh />exit\nfinsh />${line}\n`);
      expect(code).toBe(140);
      expect(err).toContain("deadlock: nothing can ever run again");
    },
  );
}

run(name("a shell that takes too long is stopped by the time limit"), () => {
  const { code, err } = typed("exit\nrt_thread_mdelay(100000)\n1+1\n", ["--timeout", "2s"]);
  expect(code).toBe(124);
  expect(err).toContain("time-out");
});

run(name("a module's command that sleeps, also beyond the end of its module"), () => {
  using dir = scratch();
  const module = readFileSync(join(import.meta.dir, "../fixtures/modules/slowcmd.mo"));
  const disk = dir.path("disk.img");
  const image = makeDisk([{ path: "/slowcmd.mo", bytes: module }], { size: 1 << 20 });
  const bytes = new Uint8Array(image.sectors * image.sectorSize);
  image.read(0, bytes);
  writeFileSync(disk, bytes);
  const lines = (first: string): string =>
    rttSim(["--snapshot", disk], `${first}\nslow\npwd\necho behind\n`).out.replaceAll("\r", "");
  expect(lines("slowcmd stay")).toEndWith(
    "msh />slow\nbegins\nends\nmsh />pwd\n/\nmsh />echo behind\nbehind\nmsh />",
  );
  // The code it returns to is gone, which ends the command; the shell goes on.
  const gone = lines("slowcmd");
  expect(gone).toContain("msh />slow\nbegins\n");
  expect(gone).toEndWith("msh />pwd\n/\nmsh />echo behind\nbehind\nmsh />");
});

run(name("-c has nobody who could answer: ry and sy do not wait"), () => {
  for (const command of ["ry", "sy readme.txt"]) {
    const { out, code, err } = rttSim(["--snapshot", "-c", command, "disk/disk.img"]);
    expect({ out, code, err }).toEqual({ out: "nobody can answer on uart0\n", code: 255, err: "" });
  }
});
