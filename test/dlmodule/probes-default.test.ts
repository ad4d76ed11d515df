/**
 * The probes of the loader without --compat 4.0.4: exactly which lines differ from what the original printed. (test/probes has them
 * with it.) A line of the original that is missing here begins with `-`, one that is new with `+`.
 */
import { expect, test } from "bun:test";
import { kernelProbes, type Probe, run, systemProbes } from "../probes/probe.ts";

const PROBES = [...kernelProbes(), ...systemProbes()].filter(({ name }) =>
  /^(d_|m_|own_|a_argv)/.test(name),
);

const DIFFERENT: Readonly<Record<string, { readonly why: string; readonly lines: string[] }>> = {
  d_open: {
    why: "libraries are shared by their path, dlclose gives 0, dlsym finds variables, dlerror says what happened",
    lines: `
-l_one init in pbwork data=7 bss=0
-same=0
+same=1
-dlerror=[TODO]
+dlerror=[/none.so: no such file]
-l_one init in pbwork data=7 bss=0
-l_one cleanup in pbwork data=7
-get_b=7
+get_b=50
-sym_data=0
-sym_const=0
+sym_data=1
+sym_const=1
-sym_ptr=0
-sym_weak=0
+sym_ptr=1
+sym_weak=1
-sym_bss=0
+sym_bss=1
-close_c=1
+close_c=0
+close_a=0
+get_b_after=50
-close_a=1
-get_b_after=7
-l_one cleanup in pbwork data=7
-close_b=1
-dlerror2=[TODO]
+close_b=0
+dlerror2=[l_ge: no such symbol]
-close=1
+close=0
-close_self=1
+close_self=0`
      .trim()
      .split("\n"),
  },
  d_leak: {
    why: "a library that a program leaves open is closed with it and in the report, and dlclose gives 0",
    lines: [
      "-close_prog=1",
      "+close_prog=0",
      "-\x1b[31m[E/DLMD] Unsupported oject type in module.\x1b[0m",
      "+l_one cleanup in d_leak data=7",
    ],
  },
  m_initob: {
    why: "what module_init made in the name of the system goes with the module",
    lines: ["-inisem   004 0"],
  },
  m_parent: {
    why: "programs that end with the one that started them are in the report",
    lines: [
      "-\x1b[31m[E/DLMD] Unsupported oject type in module.\x1b[0m",
      "-\x1b[31m[E/DLMD] Unsupported oject type in module.\x1b[0m",
    ],
  },
  m_left: {
    why: "descriptors that a program leaves open are closed, so that the next one gets the same numbers; a name ends after its eight letters",
    lines: [
      "-mmcsdmb  0000  0004 1:mmcsd_de\x81",
      "+mmcsdmb  0000  0004 1:mmcsd_de",
      "- 4 file      1 fdfd  /m_left.mo",
      "-msh />fd=5",
      "+msh />fd=4",
      "- 4 file      1 fdfd  /m_left.mo",
      "- 5 file      1 fdfd  /m_left.mo",
      "-msh />fd=6",
      "+msh />fd=4",
    ],
  },
  m_cassert: { why: "a failed assertion leaves the console alone", lines: ["-ppwd", "+pwd"] },
};

/** What decides of these is not the loader: the order of threads, the length of lines, the heap's maximum. */
const ELSEWHERE = new Set(["m_system", "m_script", "own_free"]);

/** Lines of `a` that are not in `b` with `-`, the others with `+`, in order: the longest common subsequence stays. */
function difference(a: readonly string[], b: readonly string[]): string[] {
  const length = Array.from({ length: a.length + 1 }, () => new Int32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      length[i][j] =
        a[i] === b[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) [i, j] = [i + 1, j + 1];
    else if (j >= b.length || (i < a.length && length[i + 1][j] >= length[i][j + 1]))
      lines.push(`-${a[i++]}`);
    else lines.push(`+${b[j++]}`);
  }
  return lines;
}

const split = (text: string): string[] => text.replace(/\n$/, "").split("\n");

for (const probe of PROBES) {
  const { name } = probe as Probe;
  if (ELSEWHERE.has(name)) continue;
  const { why, lines } = DIFFERENT[name] ?? { why: "", lines: [] };
  test(`${name}${why ? `: ${why}` : ""}`, () => {
    const ours = difference(split(probe.expected), split(run(probe, { compat404: false })));
    expect(ours.toSorted()).toEqual(lines.toSorted());
  }, 60_000);
}

test("they are all there", () => {
  expect(PROBES.length).toBeGreaterThan(18);
  const names = PROBES.map(({ name }) => name);
  expect([...Object.keys(DIFFERENT), ...ELSEWHERE].filter((n) => !names.includes(n))).toEqual([]);
});
