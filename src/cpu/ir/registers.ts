/** Temporaries are registers 16 and up; they live within one instruction and a branch fused with it. t0 receives the pc of an ldm. */
export const TEMP = 16;
export const TEMPS = 8;
/** No register. */
export const NONE = -1;
