/** ZIP archives: what their directory lists, and where it lies. */
export {
  dataOf,
  DEFLATED,
  STORED,
  zipEntries,
  ZipError,
  type ZipEntry,
  type ZipSource,
} from "./directory.ts";
