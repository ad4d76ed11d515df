/**
 * What a straightforward loader does: one object a record and a symbol, a Map from name to address that is asked for every record,
 * a switch over a few types. No checks. The comparison for our loader.
 */
export function simpleLoad(
  file: Uint8Array,
  kernel: ReadonlyMap<string, number>,
  memory: DataView,
  block: number,
): number {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const u32 = (at: number): number => view.getUint32(at, true);
  const sections = Array.from({ length: view.getUint16(48, true) }, (_, i) => {
    const at = u32(32) + 40 * i;
    return { type: u32(at + 4), offset: u32(at + 16), size: u32(at + 20), link: u32(at + 24) };
  });
  for (let i = 0; i < view.getUint16(44, true); i++) {
    const at = 52 + 32 * i;
    if (u32(at) !== 1) continue;
    for (let n = 0; n < u32(at + 16); n++)
      memory.setUint8(block + u32(at + 8) + n, file[u32(at + 4) + n]);
  }
  let applied = 0;
  for (const section of sections) {
    if (section.type !== 9) continue;
    const symtab = sections[section.link];
    const strtab = sections[symtab.link];
    const symbols = Array.from({ length: symtab.size / 16 }, (_, i) => {
      const at = symtab.offset + 16 * i;
      let end = strtab.offset + u32(at);
      while (file[end] !== 0) end++;
      const name = new TextDecoder().decode(file.subarray(strtab.offset + u32(at), end));
      return { name, value: u32(at + 4), shndx: view.getUint16(at + 14, true) };
    });
    const records = Array.from({ length: section.size / 8 }, (_, i) => ({
      offset: u32(section.offset + 8 * i),
      info: u32(section.offset + 8 * i + 4),
    }));
    for (const { offset, info } of records) {
      const symbol = symbols[info >>> 8];
      const value =
        symbol.shndx !== 0 || info >>> 8 === 0 ? block + symbol.value : kernel.get(symbol.name);
      if (value === undefined) throw new Error(`no ${symbol.name}`);
      switch (info & 0xff) {
        case 2:
          memory.setUint32(block + offset, memory.getUint32(block + offset, true) + value, true);
          break;
        case 21:
        case 22:
          memory.setUint32(block + offset, value, true);
          break;
        case 23:
          memory.setUint32(block + offset, memory.getUint32(block + offset, true) + block, true);
          break;
      }
      applied++;
    }
  }
  return applied;
}
