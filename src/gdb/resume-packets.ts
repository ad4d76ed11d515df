import { number } from "./packet.ts";
import type { Resume } from "./types.ts";

/** Actions of one vCont that are looked at. */
const ACTIONS_MAX = 64;

/**
 * `c`, `s` and their kin with a signal (`letter`), for `thread`; undefined when the rest is malformed. An address to go on at is obsolete
 * and not taken.
 */
export function parseResume(letter: string, rest: string, thread: number): Resume | undefined {
  const signal = letter === "C" || letter === "S";
  if (signal ? !/^[0-9a-f]{2}$/i.test(rest) : rest !== "") return undefined;
  return { step: letter.toLowerCase() === "s" ? { thread, start: 0, end: 0 } : undefined, signal };
}

/** The actions of vCont: the first step counts, and everything else runs. Undefined for what is malformed, or about a thread that is none. */
export function parseVCont(
  actions: string,
  current: number,
  isThread: (id: number) => boolean,
): Resume | undefined {
  let step: Resume["step"];
  let signal = false;
  for (const item of actions.split(";").slice(0, ACTIONS_MAX)) {
    const [, letter, argument, id] =
      /^([cCsSr])([0-9a-fA-F,]*)(?::(-1|[0-9a-fA-F]{1,8}))?$/.exec(item) ?? [];
    if (letter === undefined) return undefined;
    if (letter === "C" || letter === "S") signal = true;
    const thread = id === undefined || id === "-1" ? current : parseInt(id, 16);
    if (thread > 0 && thread !== current && !isThread(thread)) return undefined;
    if (letter === "r") {
      const [start, end] = argument.split(",").map(number);
      if (start === undefined || end === undefined) return undefined;
      step ??= { thread, start, end };
    } else if (letter === "s" || letter === "S") step ??= { thread, start: 0, end: 0 };
  }
  return { step, signal };
}
