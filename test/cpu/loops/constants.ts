/** Constants of data-processing instructions (ARM ARM A5.2.4, A6.3.2): their twelve bits, or undefined when there are none. */

export function a32Constant(value: number): number | undefined {
  for (let turn = 0; turn < 16; turn++) {
    const by = 2 * turn;
    const byte = ((value << by) | (by ? value >>> (32 - by) : 0)) >>> 0;
    if (byte < 256) return (turn << 8) | byte;
  }
  return undefined;
}

export function thumbConstant(value: number): number | undefined {
  const word = value >>> 0;
  if (word < 256) return word;
  const low = word & 255;
  const second = (word >>> 8) & 255;
  if (word === low * 0x00010001) return 0x100 | low;
  if (word === second * 0x01000100) return 0x200 | second;
  if (word === low * 0x01010101) return 0x300 | low;
  const top = Math.clz32(word);
  const shift = 24 - top;
  // The highest bit is set, and eight bits from there on are all.
  if (((word >>> shift) << shift) >>> 0 !== word) return undefined;
  return ((top + 8) << 7) | ((word >>> shift) & 0x7f);
}
