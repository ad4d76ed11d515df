/** Object files of one record, as an assembler makes them. */
/** ET_REL with 8 bytes of .text and one relocation against the undefined symbol `target`. */
export function smallObject(
  type: number,
  offset: number,
  word: number,
  target: { readonly name: string; readonly absolute?: number } = { name: "target" },
): Uint8Array {
  const names = "\0.text\0.rel.text\0.symtab\0.strtab\0.shstrtab\0";
  const strings = `\0${target.name}\0`;
  const symbol = target.absolute === undefined ? [0, 0, 0x10] : [target.absolute, 0, 0xfff10010];
  const sections: [string, number, number, number, number, Uint8Array][] = [
    [".text", 1, 6, 0, 0, words(word, 0)],
    [".rel.text", 9, 0, 3, 1, words(offset, (1 << 8) | type)],
    [".symtab", 2, 0, 4, 1, words(0, 0, 0, 0, 1, ...symbol)],
    [".strtab", 3, 0, 0, 0, Buffer.from(strings, "latin1")],
    [".shstrtab", 3, 0, 0, 0, Buffer.from(names, "latin1")],
  ];
  const out = new Uint8Array(1024);
  const view = new DataView(out.buffer);
  out.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, 1, true);
  view.setUint16(18, 40, true);
  view.setUint32(32, 512, true);
  view.setUint16(46, 40, true);
  view.setUint16(48, sections.length + 1, true);
  view.setUint16(50, sections.length, true);
  let at = 64;
  sections.forEach(([name, kind, flags, link, info, data], i) => {
    out.set(data, at);
    const entry = kind === 9 ? 8 : kind === 2 ? 16 : 0;
    const fields = [names.indexOf(name), kind, flags, 0, at, data.length, link, info, 1, entry];
    fields.forEach((value, n) => view.setUint32(512 + 40 * (i + 1) + 4 * n, value, true));
    at += (data.length + 3) & ~3;
  });
  return out;
}

function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}
