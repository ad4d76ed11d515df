/** A file of a circle, and the paths that its DT_NEEDED leads to, in its order. */
export interface CircleFile {
  readonly path: string;
  readonly needs: readonly string[];
}

/**
 * The files that `root` needs and that need `root` in turn (its strongly connected component), in the order in which they start: a walk
 * depth first, where the circle is broken at `root`. Undefined when there are none. `needs` gives the paths that a file needs and that
 * are not loaded yet.
 */
export function findCircle(
  root: string,
  needs: (path: string) => readonly string[],
): readonly CircleFile[] | undefined {
  const seen = new Map<string, CircleFile>();
  const order: CircleFile[] = [];
  const stack = [{ file: visit(root), next: 0 }];
  function visit(path: string): CircleFile {
    const file = { path, needs: needs(path) };
    seen.set(path.toLowerCase(), file);
    return file;
  }
  // Without recursion: the depth is the file system's to choose.
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const path = top.file.needs[top.next++];
    if (path === undefined) {
      order.push(top.file);
      stack.pop();
    } else if (!seen.has(path.toLowerCase())) stack.push({ file: visit(path), next: 0 });
  }
  // Who leads to `root`: everything here is reached from it.
  const back = new Set<string>();
  for (let grown = true; grown;) {
    grown = false;
    for (const { path, needs } of order) {
      const key = path.toLowerCase();
      const leads = needs.some(
        (name) => name.toLowerCase() === root.toLowerCase() || back.has(name.toLowerCase()),
      );
      if (!leads || back.has(key)) continue;
      back.add(key);
      grown = true;
    }
  }
  if (!back.has(root.toLowerCase())) return undefined;
  return order.filter(({ path }) => back.has(path.toLowerCase()));
}
