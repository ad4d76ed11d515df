import type { LoadPlan } from "./plan-types.ts";

/**
 * Functions of the C++ runtime that an object file linked with libstdc++.a brings along, and that the system has for several
 * threads. Debian's library is built for a single one: an object file with its own would leave guards of local statics to chance,
 * and let threads see each other's exceptions. What defines a whole group is bound to the system's.
 */
const GROUPS: readonly (readonly string[])[] = [
  // A second thread that comes to a local static while it is made has to wait; the library's own ends the program (guard.cc).
  ["__cxa_guard_acquire", "__cxa_guard_release", "__cxa_guard_abort"],
  // The exceptions that are being handled: one list for each thread; the library's own has one for all (eh_globals.cc).
  ["__cxa_get_globals", "__cxa_get_globals_fast"],
];

/** The names that a module defines and the system's definition is taken for. */
export function threadSafe({ object, linked, exports }: LoadPlan): ReadonlySet<string> {
  const names = new Set<string>();
  if (!object || linked) return names;
  for (const group of GROUPS)
    if (group.every((name) => exports.has(name))) for (const name of group) names.add(name);
  return names;
}
