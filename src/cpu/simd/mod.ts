/** Advanced SIMD: what its instructions do to the register file and memory. */
export {
  type Encoded,
  encode,
  execute,
  nameOf,
  type OperationName,
  vectorsOf,
} from "./operations.ts";
export { places } from "./permute.ts";
export { Kind, pack, sizeOf, type Structures, transfer, unpack } from "./structures.ts";
