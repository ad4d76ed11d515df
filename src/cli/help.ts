import { EXIT_CODE_HELP } from "./exit-codes.ts";
import { type Command, COMMANDS, OPTIONS, type OptionRow } from "./options.ts";

/** Text of `rtt-sim --help`, of `rtt-sim help COMMAND` and of `rtt-sim help exit-codes`; undefined for an unknown topic. */
export function helpText(topic?: string): string | undefined {
  if (topic === "exit-codes") {
    const lines = EXIT_CODE_HELP.map(([code, meaning]) => `  ${code.padEnd(8)}${meaning}`);
    return `Exit codes of rtt-sim:\n\n${lines.join("\n")}\n`;
  }
  if (topic === undefined) return `${usageOf(COMMANDS)}\n${optionsOf("boot")}\n${INTERACTIVE}`;
  const rows = COMMANDS.filter((row) => row.name === topic);
  if (rows.length === 0) return undefined;
  return `${usageOf(rows)}\n${optionsOf(rows[0].name)}`;
}

function usageOf(rows: typeof COMMANDS): string {
  const lines = rows.map((row) => `  rtt-sim ${row.usage.padEnd(34)}${row.help}`);
  return `rtt-sim runs RT-Thread dynamic modules from a FAT disk image.\n\nUsage:\n${lines.join("\n")}\n`;
}

function optionsOf(command: Command): string {
  const rows: readonly OptionRow[] = OPTIONS.filter((row) =>
    (row.commands as readonly string[]).includes(command),
  );
  const lines = rows.map((row) => {
    const short = row.short ? `-${row.short}, ` : "    ";
    const name = `${short}--${row.name}${row.value ? ` ${row.value}` : ""}`;
    return `  ${name.padEnd(28)} ${row.help}`;
  });
  return `Options:\n${lines.join("\n")}\n`;
}

const INTERACTIVE = `DISK is a raw FAT12/16/32 image, bare or with a partition table: changes persist unless --snapshot is given. Or an .img.gz, a .zip
or a folder, presented as a FAT disk: changes are gone at the end unless --save FILE.img is given.

In a terminal: Ctrl-A x leaves, Ctrl-A c is the simulator's own prompt, Ctrl-A h lists the keys; Ctrl-C goes to the guest.
With piped input, rtt-sim is the serial console: every line is typed as soon as the system is idle.

More: rtt-sim help run, rtt-sim help exit-codes
`;
