import { expect, test } from "bun:test";
import * as kernel from "../../src/kernel/mod.ts";
import { bench } from "./tasks.ts";

/** Tables of the reference board after boot, recorded from the real kernel; tshell's row is the shell's. */
const RECORDED: Readonly<Record<string, string>> = {
  sem: `semaphor v   suspend thread
-------- --- --------------
shrx     000 0
sem_sd0  001 0
psem     001 0
pmq      001 0
sd_ack   000 0
wqueue   000 0
heap     001 0
`,
  mutex: `mutex      owner  hold suspend thread
-------- -------- ---- --------------
fat0     (NULL)   0000 0
sd_bus_l (NULL)   0000 0
fslock   (NULL)   0000 0
`,
  event: `event         set    suspend thread
--------  ---------- --------------
`,
  mailbox: `mailbox  entry size suspend thread
-------- ----  ---- --------------
mmcsdhot 0001  0004 0
mmcsdmb  0000  0004 1:mmcsd_de\x81
`,
  msgqueue: `msgqueue entry suspend thread
-------- ----  --------------
`,
  memheap: `memheap   pool size  max used size available size
-------- ---------- ------------- --------------
`,
  mempool: `mempool  block total free suspend thread
-------- ----  ----  ---- --------------
`,
  device: `device           type         ref count
-------- -------------------- ----------
sd0      Block Device         1       
rtc      RTC                  0       
uart1    Character Device     0       
uart0    Character Device     2       
`,
  timer: `timer     periodic   timeout       flag
-------- ---------- ---------- -----------
mmcsd_de 0x00000001 0x00000009 deactivated
sys_work 0x00000000 0x00000000 deactivated
tidle0   0x00000000 0x00000000 deactivated
timer    0x00000000 0x00000000 deactivated
current tick:0x00000000
`,
  thread: `thread   pri  status      sp     stack size max used left tick  error
-------- ---  ------- ---------- ----------  ------  ---------- ---
mmcsd_de  22  suspend 0x000000b0 0x00000400    53%   0x00000014 000
sys_work  23  suspend 0x00000080 0x00000800    06%   0x0000000a 000
tidle0    31  running 0x00000060 0x00000400    14%   0x00000020 000
timer      4  suspend 0x0000007c 0x00000400    12%   0x0000000a 000
`,
};

const LISTS: Readonly<Record<string, (k: kernel.Kernel) => string>> = {
  sem: kernel.listSem,
  event: kernel.listEvent,
  mutex: kernel.listMutex,
  mailbox: kernel.listMailbox,
  msgqueue: kernel.listMsgqueue,
  memheap: kernel.listMemheap,
  mempool: kernel.listMempool,
  device: kernel.listDevice,
  timer: kernel.listTimer,
  thread: kernel.listThread,
};

test.each(Object.keys(RECORDED))("list_%s right after boot is the board's", (name) => {
  const b = bench(function* () {}, true);
  b.settle();
  expect(LISTS[name](b.kernel)).toBe(RECORDED[name]);
});

test("the byte behind a name of eight letters is the board's: without compat the name ends", () => {
  const b = bench(function* () {});
  b.settle();
  expect(kernel.listMailbox(b.kernel)).toEndWith("\nmmcsdmb  0000  0004 1:mmcsd_de\n");
});

test("free of 5.x: four lines, and the heap behind its control structure", () => {
  const four = bench(function* () {});
  const five = bench(function* () {}, false, "5.x");
  for (const b of [four, five]) b.settle();
  const figures = (text = "") => [...text.matchAll(/: (\d+)/g)].map(([, figure]) => Number(figure));
  const text = kernel.listMem(five.kernel);
  const [total, used, max, available] = figures(text);
  expect(text).toBe(
    `total    : ${total}\nused     : ${used}\nmaximum  : ${max}\navailable: ${available}\n`,
  );
  // struct rt_small_mem of 5.1 is 60 bytes.
  expect(figures(kernel.listMem(four.kernel))[0] - total).toBe(60);
  expect(available).toBe(total - used);
  expect(max).toBeGreaterThanOrEqual(used);
});
