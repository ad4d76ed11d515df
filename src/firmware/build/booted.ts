import { createInterpreter, Exit } from "../../cpu/mod.ts";
import { ElfImage } from "../../elf/mod.ts";
import { GuestMemory, READ, WRITE } from "../../memory/mod.ts";

const BASE = 0x60000000;
const SIZE = 0x100000;
/** No instruction can be fetched here. */
const RETURN = BASE + SIZE - 64;
const STACK = RETURN;
const STACK_SIZE = 4096;

/**
 * Runs the entry point of a linked image, `_rtt_boot`, and returns the contents of its sections `.data` and `.bss` afterwards.
 * The library's start is the same on every run: done here, no boot of the simulator has to execute it. Throws when the code
 * does anything but return, such as call the kernel.
 */
export function bootedData(file: Uint8Array): Record<".data" | ".bss", Uint8Array> {
  const elf = new ElfImage(file);
  const memory = new GuestMemory({ base: BASE, size: SIZE });
  for (const segment of elf.segments) {
    if (segment.memsz === 0) continue;
    memory.write(segment.vaddr, elf.contents(segment));
    memory.protect(segment.vaddr, segment.vaddr + segment.memsz, READ | WRITE);
  }
  memory.protect(STACK - STACK_SIZE, STACK, READ | WRITE);
  memory.protect(RETURN, BASE + SIZE, 0);
  const cpu = createInterpreter(memory);
  cpu.onSvc = () => false;
  cpu.r[13] = STACK;
  cpu.r[14] = RETURN;
  cpu.units = 1_000_000;
  cpu.jump(elf.header.entry);
  if (cpu.run() !== Exit.Fault || cpu.fault?.pc !== RETURN)
    throw new Error(`_rtt_boot did not return: at 0x${(cpu.r[15] >>> 0).toString(16)}`);
  const contents = (name: string) => {
    const section = elf.section(name);
    if (!section) throw new Error(`the image has no section ${name}`);
    return memory.u8.slice(section.addr, section.addr + section.size);
  };
  const result = { ".data": contents(".data"), ".bss": contents(".bss") };
  memory.dispose();
  return result;
}
