import { CPSR_T, type CpuFault } from "../cpu/types.ts";
import type { Kernel } from "./kernel.ts";
import { listThread } from "./lists.ts";

const HEADERS: Readonly<Record<CpuFault["kind"], string>> = {
  "undefined instruction": "undefined instruction:\n",
  "prefetch abort": "prefetch abort:\n",
  "data abort": "data abort:",
  breakpoint: "prefetch abort:\n",
};

const hex8 = (value: number) => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;

/** What the board prints of an exception. */
export function faultDump(k: Kernel, fault: CpuFault): string {
  return registerDump(k, HEADERS[fault.kind], fault.pc + linkOffset(k, fault));
}

/** The registers and threads, as libcpu/arm/cortex-a/trap.c prints them. */
export function registerDump(k: Kernel, header: string, pc: number): string {
  const { r, cpsr } = k.cpu;
  const reg = (n: number) => `r${String(n).padStart(2, "0")}:${hex8(r[n])}`;
  return [
    header,
    "Execption:\n",
    `${reg(0)} ${reg(1)} ${reg(2)} ${reg(3)}\n`,
    `${reg(4)} ${reg(5)} ${reg(6)} ${reg(7)}\n`,
    `${reg(8)} ${reg(9)} ${reg(10)}\n`,
    `fp :${hex8(r[11])} ip :${hex8(r[12])}\n`,
    `sp :${hex8(r[13])} lr :${hex8(r[14])} pc :${hex8(pc)}\n`,
    `cpsr:${hex8(cpsr)}\n`,
    listThread(k),
    "shutdown...\n",
  ].join("");
}

/** The dump shows the banked lr of the exception mode (ARM ARM B1.8.3), not the address of the instruction. */
function linkOffset({ cpu }: Kernel, fault: CpuFault): number {
  switch (fault.kind) {
    case "data abort":
      return 8;
    case "prefetch abort":
    case "breakpoint":
      return 4;
    case "undefined instruction":
      return cpu.cpsr & CPSR_T ? 2 : 4;
  }
}
