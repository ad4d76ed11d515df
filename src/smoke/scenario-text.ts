import { ScenarioError } from "./toml.ts";

/** The text of a scenario; TOML is UTF-8. @throws ScenarioError with the line that is not */
export function scenarioText(file: string, bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch {
    throw new ScenarioError(file, [
      {
        line: firstBadLine(bytes, decoder),
        column: 1,
        message: "the line is not UTF-8",
        fix: "save the file as UTF-8",
      },
    ]);
  }
}

function firstBadLine(bytes: Uint8Array, decoder: TextDecoder): number {
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end + 1;
    try {
      decoder.decode(bytes.subarray(from, to));
    } catch {
      return line;
    }
    from = to;
  }
  return line;
}
