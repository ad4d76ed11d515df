/**
 * What two runs of the original would not have in common either, or what is a figure of that one kernel image. Applied to both
 * sides before they are compared; each mask is bound to its line, so that nothing else is let through.
 */
export interface Mask {
  readonly what: string;
  readonly reason: string;
  readonly pattern: RegExp;
  readonly replacement: string;
}

const SYSTEM_THREAD = "(?:tshell  |mmcsd_de|sys_work|tidle0  |timer   )";

export const MASKS: readonly Mask[] = [
  {
    what: "build date in the banner",
    reason: "the day on which the recorded kernel was compiled",
    pattern: /(4\.0\.4 build )[A-Z][a-z]{2} [ \d]\d \d{4}/g,
    replacement: "$1DATE",
  },
  {
    what: "address in a row of list_symbols",
    reason: "where the linker put the function",
    pattern: /^([A-Za-z_]\w* => 0x)[0-9a-f]{8}(\r?)$/gm,
    replacement: "$1ADDRESS$2",
  },
  {
    what: "address in a row of list_module, unless it is zero",
    reason: "where the heap of the original had room",
    pattern: /^(.{8} \d+ +0x)6[0-9a-f]{7}(\r?)$/gm,
    replacement: "$1ADDRESS$2",
  },
  {
    what: "left tick of a row of list_thread",
    reason: "the moment within a time slice at which the line was typed",
    pattern:
      /^(.{8} +\d+ +\w+ +0x[0-9a-f]{8} 0x[0-9a-f]{8} +\d\d% +0x)[0-9a-f]{8}( (?:\d{3}|-\d\d)\r?)$/gm,
    replacement: "$1LEFTTICK$2",
  },
  {
    what: "sp and maximum of a program's thread in list_thread",
    reason: "the original's kernel functions run on the stack of their caller",
    pattern: new RegExp(
      `^(?!${SYSTEM_THREAD})(.{8} +\\d+ +\\w+ +0x)[0-9a-f]{8}( 0x[0-9a-f]{8} +)\\d\\d%`,
      "gm",
    ),
    replacement: "$1SP$2MAX",
  },
  {
    what: "time-out of a running timer in list_timer",
    reason: "the tick at which the program was started",
    pattern: /^(.{8} 0x[0-9a-f]{8} 0x)[0-9a-f]{8}( activated\r?)$/gm,
    replacement: "$1TIMEOUT$2",
  },
  {
    what: "current tick in list_timer",
    reason: "the moment at which the line was typed",
    pattern: /^(current tick:0x)[0-9a-f]{8}(\r?)$/gm,
    replacement: "$1TICK$2",
  },
  {
    what: "maximum in free",
    reason: "the original's file system takes its buffers from the same heap",
    pattern: /^(maximum allocated memory: )\d+(\r?)$/gm,
    replacement: "$1MAXIMUM$2",
  },
  {
    what: "value of an address in the C-style shell, with the character that its low byte is",
    reason: "where the linker put the text",
    pattern: /^\t(?:'.', )?161\d{7}, 0x6[0-9a-f]{7}(\r?)$/gm,
    replacement: "\tADDRESS$1",
  },
  {
    what: "r0 to ip, sp and lr in a fault report",
    reason: "addresses, and what the original's kernel functions left in registers",
    pattern: /\b(r\d\d|fp |ip |sp |lr ):0x[0-9a-f]{8}/g,
    replacement: "$1:VALUE",
  },
  {
    what: "pc in a fault report, when it is in RAM",
    reason: "where the heap of the original had room",
    pattern: /\b(pc :0x)6[0-9a-f]{7}/g,
    replacement: "$1ADDRESS",
  },
  {
    what: "condition flags of cpsr in a fault report",
    reason: "what the original's kernel functions left in them",
    pattern: /^(cpsr:0x)[0-9a-f]([0-9a-f]{7}\r?)$/gm,
    replacement: "$1FLAGS$2",
  },
];

/** Console bytes (latin-1) for comparing: masked, CR LF as LF. */
export function comparable(text: string): string {
  return masked(text).replaceAll("\r\n", "\n");
}

export function masked(text: string): string {
  return MASKS.reduce(
    (result, { pattern, replacement }) => result.replace(pattern, replacement),
    text,
  );
}

/**
 * The original echoes the first character twice after a program has used printf (its shell and its programs share one stream).
 * Takes the second one off a recorded step; for comparing with the simulator's default, which does not do that.
 */
export function withoutDoubleEcho(received: string, typed: string): string {
  const first = typed.charAt(0);
  // Enter is a character too: its second echo comes when the prompt is there.
  if (typed === "\r") return received.replace(/^(\r\nmsh .*>)\r$/, "$1");
  return received.startsWith(`${first}${typed}\n`) ? received.slice(1) : received;
}
