/** (module (func v128.const 0 drop)) */
const PROBE = [
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0],
  ...[0xfd, 12, ...Array<number>(16).fill(0), 0x1a, 0x0b],
];
let host: boolean | undefined;
/** Whether the host translates WebAssembly's vectors: not every processor has what that takes. */
export function hasVectors(): boolean {
  return (host ??= WebAssembly.validate(new Uint8Array(PROBE)));
}
