/** Opcodes of WebAssembly's vectors (Core Specification 2.0, 5.4.8), behind the byte 0xfd. */
export const V = {
  load: 0,
  loadSplat: [7, 8, 9],
  store: 11,
  shuffle: 13,
  splat: [15, 16, 17],
  /** The lower half; what is above it is zero. */
  load64: 93,
  /** Of lane 0. */
  store64: 91,
  not: 77,
  and: 78,
  andnot: 79,
  or: 80,
  xor: 81,
  bitselect: 82,
  anyTrue: 83,
  popcnt: 98,
  ltU32: 58,
  eqF: 65,
  addF: 228,
  subF: 229,
  mulF: 230,
} as const;

/** The same by log2 of the bytes of an element, of the smaller ones where there are two sizes; 0: the host has none. */
export const SIZED = {
  add: [110, 142, 174, 206],
  sub: [113, 145, 177, 209],
  mul: [0, 149, 181],
  neg: [97, 129, 161],
  abs: [96, 128, 160],
  minS: [118, 150, 182],
  minU: [119, 151, 183],
  maxS: [120, 152, 184],
  maxU: [121, 153, 185],
  eq: [35, 45, 55],
  ne: [36, 46, 56],
  ltS: [37, 47, 57],
  gtS: [39, 49, 59],
  gtU: [40, 50, 60],
  leS: [41, 51, 61],
  geS: [43, 53, 63],
  geU: [44, 54, 64],
  shl: [107, 139, 171, 203],
  shrS: [108, 140, 172, 204],
  shrU: [109, 141, 173, 205],
  extendS: [135, 167, 199],
  extendU: [137, 169, 201],
  extmulS: [156, 188, 220],
  extmulU: [158, 190, 222],
  pairsS: [124, 126],
  pairsU: [125, 127],
} as const;

export const V128 = 0x7b;
