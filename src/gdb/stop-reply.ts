import { hex8, hexText } from "./packet.ts";
import type { Stop } from "./types.ts";

/** Stop replies (GDB manual, appendix E.3): which thread stopped, by which signal, and a reason that no signal says. */
export function stopReply({ thread, signal, why, address }: Stop): string {
  let reply = `T${hex8(signal)}thread:${thread.toString(16)};`;
  if (why === "library" || why === "swbreak" || why === "hwbreak") reply += `${why}:;`;
  else if (why) reply += `${why}:${(address ?? 0).toString(16)};`;
  return reply;
}

/** The reply with the name of its thread, which lldb wants. */
export const withName = (stop: string, name: string): string => `${stop}hexname:${hexText(name)};`;

/**
 * The answer to a packet about a program that has ended, so that a debugger can go on to start another; undefined: the answer is as
 * always.
 */
export function afterTheEnd(payload: string, exit: string): string | undefined {
  if (/^vCont;|^[cCsS]/.test(payload)) return exit;
  if (/^[gGpPmMXTZ]|^Hg[1-9a-f]/.test(payload)) return "E01";
  if (payload === "qfThreadInfo") return "l";
  if (payload === "qC") return "QC0";
  if (payload.startsWith("z")) return "OK";
  if (payload.startsWith("qXfer:threads:")) return "l<threads/>";
  if (payload.startsWith("qXfer:libraries:")) return "l<library-list/>";
  return undefined;
}
