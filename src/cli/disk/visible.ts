import { message } from "../outcome.ts";

/** Names may hold anything: control characters, and those that turn the direction of writing, do not reach the terminal. */
export function visible(text: string): string {
  return text.replace(
    /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) =>
      ({ "\n": "\\n", "\r": "\\r", "\t": "\\t" })[character] ??
      (character < "\xa0"
        ? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`
        : `\\u${character.charCodeAt(0).toString(16)}`),
  );
}

/** A message in which names of files occur. */
export function tell(text: string): void {
  message(visible(text));
}
