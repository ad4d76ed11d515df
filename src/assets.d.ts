// Imports `with { type: "file" }` give a path that can be read at run time, also inside the compiled binary.
declare module "*.elf" {
  const path: string;
  export default path;
}
declare module "*.bin" {
  const path: string;
  export default path;
}
