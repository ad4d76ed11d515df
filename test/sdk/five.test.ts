/** The 5.x profile of the headers, -DRTT_SIM_ABI=5: numbers of RT-Thread 5.1, and sizes that the kernel counts on. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { Glob } from "bun";
import { DEFINES, DEVICE_FLAGS, SDK_INCLUDE, toolchain } from "../../disk/toolchain.ts";
import { SIZE } from "../../src/kernel/abi/five.ts";
import { words } from "./words.ts";

// A compiler run takes its time on a busy machine.
setDefaultTimeout(60_000);

const PROFILE = ["-DRTT_SIM_ABI=5"];

/** As the release has them; none is taken from our headers. */
const NUMBERS: Readonly<Record<string, number>> = {
  RT_VERSION_MAJOR: 5,
  RT_THREAD_INIT: 0,
  RT_THREAD_CLOSE: 1,
  RT_THREAD_READY: 2,
  RT_THREAD_RUNNING: 3,
  RT_THREAD_SUSPEND_MASK: 4,
  RT_THREAD_SUSPEND_INTERRUPTIBLE: 4,
  RT_THREAD_SUSPEND_KILLABLE: 6,
  RT_THREAD_SUSPEND_UNINTERRUPTIBLE: 7,
  RT_THREAD_CTRL_RESET_PRIORITY: 5,
  RT_IPC_CMD_GET_STATE: 2,
  RT_IPC_CMD_SET_VLIMIT: 3,
  RT_TIMER_FLAG_THREAD_TIMER: 8,
  RT_TIMER_CTRL_GET_REMAIN_TIME: 5,
  RT_TIMER_CTRL_SET_PARM: 9,
  RT_DEVICE_FLAG_DYNAMIC: 0x80,
  RT_DEVICE_CTRL_SET_INT: 6,
  RT_DEVICE_CTRL_CLR_INT: 7,
  RT_DEVICE_CTRL_GET_INT: 8,
  RT_DEVICE_CTRL_CONSOLE_OFLAG: 9,
  RT_DEVICE_CTRL_BLK_GETGEOME: 0x201,
  RT_DEVICE_CTRL_RTC_GET_TIME: 0x601,
  RT_Object_Class_Timer: 10,
  RT_Object_Class_Module: 11,
  RT_Object_Class_Memory: 12,
  RT_Object_Class_Channel: 13,
  RT_Object_Class_ProcessGroup: 14,
  RT_Object_Class_Session: 15,
  RT_Object_Class_Custom: 16,
  RT_Object_Class_Unknown: 17,
  RT_ERROR: 255,
  RT_ETIMEOUT: 116,
  RT_ENOMEM: 12,
  RT_EINVAL: 22,
  RT_EBUSY: 16,
  RT_ENOSYS: 88,
};

/** The order of struct rt_thread. */
const THREAD =
  "parent sp entry parameter stack_addr stack_size error sched_thread_ctx thread_timer cleanup taken_object_list pending_object event_set event_info".split(
    " ",
  );
const SIZES: Readonly<Record<string, number>> = {
  "struct rt_object": 24,
  "struct rt_timer": 48,
  "struct rt_semaphore": SIZE.semaphore,
  "struct rt_mutex": SIZE.mutex,
  "struct rt_event": SIZE.event,
  "struct rt_mailbox": SIZE.mailbox,
  "struct rt_messagequeue": SIZE.messageQueue,
  "struct rt_memheap": SIZE.memheap,
  "struct rt_mempool": SIZE.mempool,
  "struct rt_device": SIZE.device,
};

test.skipIf(toolchain() === undefined)("numbers, sizes and order (needs arm-none-eabi-gcc)", () => {
  const names = Object.keys(NUMBERS);
  const structs = Object.keys(SIZES);
  const all = [
    ...names.map((name) => `(unsigned)(${name})`),
    ...structs.map((type) => `sizeof(${type})`),
    ...THREAD.map((member) => `offsetof(struct rt_thread, ${member})`),
  ];
  const source = `#include <rtthread.h>\n#include <stddef.h>\nconst unsigned table[] = {${all.join(",")}};`;
  const values = [...words(source, all.length, PROFILE)];
  const numbers = values.splice(0, names.length);
  expect(Object.fromEntries(names.map((name, i) => [name, numbers[i]]))).toEqual({ ...NUMBERS });
  const sizes = values.splice(0, structs.length);
  expect(Object.fromEntries(structs.map((name, i) => [name, sizes[i]]))).toEqual({ ...SIZES });
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  // What the kernel writes into a thread that a program allocates must fit.
  expect(values.at(-1)).toBeGreaterThanOrEqual(136);
});

for (const language of ["c", "c++"])
  test.skipIf(toolchain() === undefined)(
    `every header alone, in ${language}, without a warning (needs arm-none-eabi-gcc)`,
    () => {
      const headers = [...new Glob("**/*.h").scanSync(SDK_INCLUDE)].sort();
      const complaints = headers.map((path) => {
        const classes = path.startsWith("cplusplus/");
        if (classes && language === "c") return "";
        const flags = [`-I${SDK_INCLUDE}`, `-I${SDK_INCLUDE}/cplusplus`, "-Wall", "-Wextra"];
        const command = ["arm-none-eabi-gcc", "-x", language, ...DEVICE_FLAGS.a9, ...DEFINES];
        const { stderr } = Bun.spawnSync([...command, ...PROFILE, ...flags, "-fsyntax-only", "-"], {
          stdin: Buffer.from(`#include <${path.replace("cplusplus/", "")}>\n`),
          stderr: "pipe",
        });
        return stderr.toString();
      });
      expect(complaints.join("")).toBe("");
    },
  );
