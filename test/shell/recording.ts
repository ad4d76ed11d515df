import { type Session, session } from "../sessions/sessions.ts";

/** A recorded session: what was printed at boot, and the steps after it. */
export function recording(name: string): Session & { readonly boot: string } {
  const recorded = session(name);
  return { ...recorded, boot: recorded.steps[0].received, steps: recorded.steps.slice(1) };
}

/** Hides the build date of the banner, which differs between builds. */
export const maskDate = (text: string): string =>
  text.replace(/build \w{3} [ \d]\d \d{4}/g, "build DATE");
