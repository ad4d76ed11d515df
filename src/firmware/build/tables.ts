/**
 * The two tables of the firmware and the stubs of the kernel's functions, as assembly.
 *
 * A stub loads its number into ip, since the immediate of a Thumb SVC counts only to 255. `SvcTab` maps the number to the name.
 * `RTMSymTab` has the format of RT-Thread's: {address, name}; a reference from it is what links a library function in.
 */
export function tables(kernel: readonly string[], library: readonly string[]): string {
  const out = [".syntax unified", ".thumb"];
  const strings: string[] = [];
  const label = new Map<string, string>();
  const text = (name: string) => {
    let at = label.get(name);
    if (!at) {
      at = `.Lname${label.size}`;
      label.set(name, at);
      strings.push(`${at}: .asciz "${name}"`);
    }
    return at;
  };
  kernel.forEach((name, number) => {
    out.push(
      `.section .text.stub.${name},"ax",%progbits`,
      `.global ${name}`,
      `.type ${name},%function`,
      ".balign 2",
      ".thumb_func",
      `${name}: movw ip, #${number}`,
      "svc #0",
      "bx lr",
      `.size ${name}, . - ${name}`,
    );
  });
  // For the library's own calls of it (guest/stdio.c).
  out.push(".global _rtt_svc_write", `.set _rtt_svc_write, ${kernel.indexOf("write")}`);
  out.push('.section SvcTab,"a"', ".balign 4");
  for (const name of kernel) out.push(`.word ${text(name)}`);
  const names = [...kernel.filter((name) => !name.startsWith("_rtt_")), ...library];
  out.push('.section RTMSymTab,"a"', ".balign 4");
  for (const name of names.sort(byCharacters)) out.push(`.word ${name}, ${text(name)}`);
  out.push(".section .rodata.name", ...strings);
  return `${out.join("\n")}\n`;
}

function byCharacters(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
