/** Console texts of components/libc/libdl of RT-Thread 4.0.4, with its line ends and odd spellings. */

/** LOG_E of rtdbg.h with RT_DEBUG_COLOR: it adds a line end to texts that may have one already. */
function error(message: string): string {
  return `\x1b[31m[E/DLMD] ${message}\x1b[0m\n`;
}
function warning(message: string): string {
  return `\x1b[33m[W/DLMD] ${message}\x1b[0m\n`;
}
/** %d of a 32-bit word. */
function d(value: number): string {
  return String(value | 0);
}

export const MAGIC = "Module: magic error\n";
export const CLASS = "Module: ELF class error\n";
export const UNSUPPORTED_TYPE = "Module: unsupported elf type\n";
export const OVERLAP = error("invalid elf: segment should be sorted and not overlapped\n");
export const SIZE = error("Module: size error\n");
export const NO_SPACE = error("Module: allocate space failed.\n");
export const UNSUPPORTED_OBJECT = error("Unsupported oject type in module.");

export const memsz = (index: number, memsz: number, filesz: number): string =>
  `invalid elf: segment ${index}: p_memsz: ${d(memsz)}, p_filesz: ${d(filesz)}\n`;
export const wrap = (index: number, vaddr: number, memsz: number): string =>
  error(`invalid elf: segment ${index}: p_vaddr: ${d(vaddr)}, p_memsz: ${d(memsz)}\n`);
export const overflow = (index: number): string =>
  error(`invalid elf: segment ${index} address overflow\n`);
export const padding = (index: number): string =>
  warning(`warning: too much padding before segment ${index}`);
export const unresolved = (name: string): string =>
  error(`Module: can't find ${name} in kernel symbol table`);
export const exited = (thread: string, code: number): string => `thread:${thread} exit:${code}!\n`;
