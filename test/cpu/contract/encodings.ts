import { t16 } from "../assemble.ts";
import { CODE } from "../machine.ts";

/** Address of the code, as Thumb. */
export const THUMB = CODE | 1;
export const svc = (i = 0) => t16("svc", { i });
export const movs = (d: number, i: number) => t16("mov_imm8", { d, i });
/** Branch by an offset in halfwords from the pc (this instruction + 4 bytes). */
export const b = (halfwords: number) => t16("b", { i: halfwords & 0x7ff });
export const bcond = (c: number, halfwords: number) => t16("b_cond", { c, i: halfwords & 0xff });
export const NE = 1;
