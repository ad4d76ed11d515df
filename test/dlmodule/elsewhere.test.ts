/** A function that other boards of RT-Thread have is refused with its header and the configuration that brings it. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { foundElsewhere } from "../../src/dlmodule/elsewhere.ts";
import { explainMissing } from "../../src/dlmodule/reasons.ts";
import { exportRows } from "../../src/exports.ts";
import { Firmware } from "../../src/firmware/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";

const here = new Set(exportRows.map(({ name }) => name));
const symbols = { lookup: () => 0, entries: () => [], nearest: () => undefined };

test("what RT-Thread exports somewhere and this board has not has such a reason", () => {
  const document = readFileSync(join(import.meta.dir, "../../docs/exports.md"), "utf8");
  const [, missing] = /## Not here([\s\S]*?)## Besides/.exec(document) ?? [];
  const names = [...missing.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => foundElsewhere(name) === undefined)).toEqual([]);
});

test("names of one family share a line", () => {
  expect(explainMissing(["socket", "rt_spi_transfer", "connect"], symbols)).toEqual([
    "socket, connect: declared in sys/socket.h; a board configured with RT_USING_SAL with SAL_USING_POSIX has it, this one has no network",
    "rt_spi_transfer: declared in drivers/spi.h; a board configured with RT_USING_SPI has it, this one has no SPI bus",
  ]);
});

test("files that RT-Thread 5 has for events are told with what would bring them", () => {
  expect(explainMissing(["epoll_create", "eventfd", "timerfd_create"], symbols)).toEqual([
    "epoll_create: declared in sys/epoll.h; a board configured with RT_USING_POSIX_EPOLL (5.1) has it, this one has select and poll",
    "eventfd: declared in sys/eventfd.h; a board configured with RT_USING_POSIX_EVENTFD (5.1) has it, this one has pipes",
    "timerfd_create: declared in sys/timerfd.h; a board configured with RT_USING_POSIX_TIMERFD (5.1) has it, this one has timer_create",
  ]);
});

test("what POSIX has and no board of RT-Thread is told with its header and why", () => {
  const lines = explainMissing(
    ["fork", "execvp", "waitpid", "regcomp", "pthread_setname_np", "getpwuid"],
    symbols,
  );
  expect(lines).toHaveLength(5);
  expect(lines[0]).toStartWith("fork, execvp: declared in unistd.h; RT-Thread has no processes");
  expect(lines[1]).toStartWith("waitpid: declared in sys/wait.h; RT-Thread has no processes");
  expect(lines[2]).toStartWith("regcomp: declared in regex.h; ");
  expect(lines[3]).toStartWith("pthread_setname_np: declared in pthread.h; a GNU extension");
  expect(lines[4]).toStartWith("getpwuid: declared in pwd.h; RT-Thread has no users");
});

test("no function of this board is said to be missing, the C library's among them", () => {
  const image = join(import.meta.dir, "../../src/firmware/prebuilt/firmware.elf");
  const firmware = new Firmware(new GuestMemory(), readFileSync(image));
  const names = new Set([...here, ...Array.from(firmware.entries(), ({ name }) => name)]);
  expect(
    [...names].filter((name) => foundElsewhere(name) !== undefined && !name.startsWith("rym_")),
  ).toEqual([]);
});

test("a name that nobody knows has no such reason", () => {
  expect(foundElsewhere("my_function")).toBeUndefined();
});
