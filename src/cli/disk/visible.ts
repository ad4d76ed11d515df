import { visible } from "../../text/mod.ts";
import { message } from "../outcome.ts";

export { visible };

/** A message in which names of files occur. */
export function tell(text: string): void {
  message(visible(text));
}
