/**
 * Parallel addition and subtraction (ARM ARM A4.4.5): `Inst.i` of the op `parallel` is prefix * 6 + operation, numbered as
 * here.
 */
export const prefixes = ["s", "q", "sh", "u", "uq", "uh"] as const;
export const operations = ["add16", "asx", "sax", "sub16", "add8", "sub8"] as const;
