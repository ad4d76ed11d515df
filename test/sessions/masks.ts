/**
 * What two runs of the original would not have in common either, or what stands for a figure of that one kernel image. Applied to
 * both sides before they are compared; each mask is bound to its line, so that nothing else is let through.
 */
export interface Mask {
  readonly what: string;
  readonly reason: string;
  readonly pattern: RegExp;
  readonly replacement: string;
}

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
];

export function masked(text: string): string {
  return MASKS.reduce(
    (result, { pattern, replacement }) => result.replace(pattern, replacement),
    text,
  );
}
