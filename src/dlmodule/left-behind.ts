/** A thing that a module leaves behind, in the words of the report. */
export interface LeftBehind {
  /** One of its kind: `semaphore`. */
  readonly kind: string;
  /** What tells it from the others of its kind, in the report's notation: `"lock"`, `4`. */
  readonly name: string;
  /** Where it was asked for: function and offset; undefined when nobody knows. */
  readonly from: string | undefined;
  /** What else there is to say, which those that share a line have in common. */
  readonly more?: string;
}

/** Names on one line. */
const NAMES_MAX = 8;

/** One line for each kind, place and remark; several things on a line are counted. In the order of the first of each. */
export function leftLines(things: readonly (LeftBehind | string)[]): string[] {
  const groups = new Map<string, LeftBehind[]>();
  for (const thing of things) {
    const key =
      typeof thing === "string"
        ? thing
        : [thing.kind, thing.from ?? "", thing.more ?? ""].join("\n");
    const group = groups.get(key);
    if (typeof thing === "string") groups.set(key, []);
    else if (group) group.push(thing);
    else groups.set(key, [thing]);
  }
  return [...groups].map(([key, group]) => (group.length === 0 ? key : line(group)));
}

function line(group: readonly LeftBehind[]): string {
  const [{ kind, from, more }] = group;
  const all = [...new Set(group.map(({ name }) => name))];
  const names = all.slice(0, NAMES_MAX);
  const rest = all.length - names.length;
  const what = group.length === 1 ? kind : `${group.length} ${plural(kind)}`;
  return [
    `${what} ${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`,
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(more === undefined ? [] : [more]),
  ].join(", ");
}

/** `stream of descriptor`, `mutex`, `timer`. */
function plural(kind: string): string {
  const [head, ...tail] = kind.split(" of ");
  return [head + (head.endsWith("x") ? "es" : "s"), ...tail].join(" of ");
}
