import type { CpuFault } from "../cpu/types.ts";
import type { AddressKind } from "./address.ts";
import type { ThreadView } from "./view.ts";

/** What to do about a data abort, by what the address is. */
const DATA: Partial<Record<AddressKind["kind"], string>> = {
  null: "a pointer is NULL: check what rt_malloc, rt_*_create, rt_device_find, dlopen, dlsym or open returned before it is used",
  unset: "a pointer was never given a value",
  "stack fill": "a local pointer was never given a value",
  unloaded: "the module that owned this memory has ended: keep no pointer to it",
  firmware: "the firmware is read-only: a string constant or function of the system was written to",
  nowhere: "the pointer is wild: look for an overwritten variable, or an index out of range",
  guard:
    "that stack's owner has its own guard: look for a negative index, or an overrun of the block in front of the stack",
  virtual: "delete the objects of a library's classes before dlclose of the library",
  free: "memory was used after it was given back: clear pointers when what they point to is freed",
  ram: "this memory belongs to the system",
};

const CALL: Partial<Record<AddressKind["kind"], string>> = {
  null: "a function pointer is NULL: a callback was not set, or dlsym found no such symbol",
  unset: "a function pointer was never given a value",
  "stack fill":
    "a function pointer or return address was never given a value: look for a buffer overrun on the stack",
  unloaded:
    "code of a module that has ended was called: stop and delete its timers, hooks and callbacks in module_cleanup, and call nothing after dlclose that dlsym found",
  virtual: "delete the objects of a library's classes before dlclose of the library",
  free: "code in memory that was given back was called: clear function pointers when what they point to is freed",
  heap: "data was called as a function: look for an overwritten function pointer",
  nowhere:
    "a function pointer or return address was overwritten: look for a buffer overrun on the stack",
  stack: "code on the stack was called: look for an overwritten return address",
};

export const LOST_STACK =
  "the stack pointer was overwritten, or loaded from memory that was: look at what restores sp";

export const OVERRUN_OF_STACK =
  "more was stored into a local variable than it has room for: look for an index out of range, a copy without a limit, or a pointer to a local variable of a function that has returned";

export const KERNEL_DATA =
  "a thread's control block, a timer or another object of the kernel was written to: look for an overrun of what lies before it, and for objects on the stack of a function that has returned";

export const OVERWRITTEN =
  "code of modules can be written to, as on the board: look for a wild pointer or an overrun; gdb finds it by a watchpoint on that address";

export function faultHint(fault: CpuFault, address: AddressKind | undefined): string | undefined {
  switch (fault.kind) {
    case "data abort":
      if (fault.why === "alignment")
        return "LDRD, STRD, LDM, STM and VFP accesses need an address that is a multiple of 4: look at casts of char pointers";
      return address && DATA[address.kind];
    case "prefetch abort":
      return address && CALL[address.kind];
    case "undefined instruction":
      if (address && address.kind in CALL) return CALL[address.kind];
      if (/supervisor call/.test(fault.why))
        return "only the firmware makes supervisor calls, for the functions that it exports: this code was written for another system, or for a firmware with other exports";
      if (/NEON|VFP/.test(fault.why))
        return "build the module for instructions that this core has: -mfpu=neon, vfpv3, vfpv4, fpv4-sp-d16 or fpv5-d16";
      return "the processor does not know this instruction: the jump went into data, to the wrong state (Thumb code needs an odd address), or the module was built for another core";
    case "breakpoint":
      return "a BKPT instruction was executed and no debugger is attached";
  }
}

/** Bytes for what the function with the large frame calls. */
const ROOM = 1024;
const STACK_STEP = 4096;

/**
 * How to give a thread more stack.
 *
 * @param needed bytes that would have been in use, when that is known
 * @param recursion a function that is called again and again by itself
 */
export function stackHint(thread: ThreadView, needed = 0, recursion?: string): string {
  const enough = Math.ceil((needed + ROOM) / STACK_STEP) * STACK_STEP;
  const size = Math.max(thread.stackSize * 2, needed > 0 ? enough : 0);
  const more = thread.isMain
    ? `give the main thread more stack: define \`unsigned int dlmodule_thread_stacksize = ${size};\` in the module, or run with --stack ${size}`
    : `give thread ${thread.name} more stack than ${thread.stackSize} bytes where it is created (rt_thread_create, rt_thread_init, pthread_attr_setstacksize): ${size} or more`;
  if (recursion !== undefined)
    return `${recursion} calls itself: look for what should end that, or ${more}`;
  return needed > 0 ? `${more}; or take large arrays from rt_malloc, or make them static` : more;
}
