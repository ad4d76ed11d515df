import { ElfError, ElfImage } from "../../elf/mod.ts";
import { type Bindings, bind } from "../bind.ts";
import { floatFunctions } from "../float-abi.ts";
import { heapNeed, noRoom } from "../heap-need.ts";
import { STACK_404, STACK_DEFAULT } from "../layout.ts";
import { LoadError } from "../load-error.ts";
import { planLoad } from "../plan.ts";
import { countRelocations, detailsOf } from "./details.ts";
import { heapAlong, providerOf } from "./library.ts";
import { KERNEL, outOfRange } from "./ranges.ts";
import type { CheckReport, Details } from "./report.ts";
import { type InspectOptions, missingReasons, type Subject } from "./subject.ts";
import { warningsOf } from "./warnings.ts";

/** Of a library with the name of a program. */
const NO_PROGRAM =
  "it has no entry, and the shell cannot start it: a program has a function main and is linked with -e main";

/** Would this file load, and what is wrong with it? Nothing is run and nothing is allocated in a guest. */
export function inspect(file: string, bytes: Uint8Array, options: InspectOptions): CheckReport {
  const { target } = options;
  const report = { file, against: target.name };
  let image: ElfImage;
  try {
    if (bytes.length === 0) throw new ElfError("magic", "the file is empty");
    image = new ElfImage(bytes);
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    return { ...report, verdict: "malformed", reasons: [error.message], warnings: [] };
  }
  try {
    const result = examine(image, bytes, options);
    const stranded = result.details?.kind === "library" && /\.mo$/i.test(file);
    const warnings = stranded ? [...result.warnings, NO_PROGRAM] : result.warnings;
    return { ...report, ...result, warnings };
  } catch (error) {
    if (error instanceof LoadError)
      return { ...report, verdict: "refused", reasons: error.message.split("\n"), warnings: [] };
    if (!(error instanceof ElfError)) throw error;
    return { ...report, verdict: "malformed", reasons: [error.message], warnings: [] };
  }
}

type Findings = Pick<CheckReport, "verdict" | "reasons" | "warnings" | "details">;

function examine(image: ElfImage, bytes: Uint8Array, options: InspectOptions): Findings {
  const reasons: string[] = [];
  const warnings: string[] = [];
  const subject = subjectOf(image, bytes, options, reasons);
  const details = detailsOf(subject);
  judge(subject, details, reasons, warnings);
  warnings.push(...warningsOf(subject, details));
  return { verdict: reasons.length === 0 ? "loadable" : "refused", reasons, warnings, details };
}

function subjectOf(
  image: ElfImage,
  bytes: Uint8Array,
  options: InspectOptions,
  reasons: string[],
): Subject {
  const { target, libraries } = options;
  const plan = planLoad(image, { compat404: false });
  const relocations = countRelocations(plan);
  const origin = (name: string): string | undefined => {
    if (target.has(name)) return target.name;
    // 4.0.4 loads no libraries.
    return target.stock ? undefined : providerOf(name, plan.needed, libraries);
  };
  const lookup = (name: string): number => (origin(name) === undefined ? 0 : KERNEL);
  let bindings: Bindings;
  // A stock loader passes over the types that it does not know: so that the rest is checked as well, so does this.
  try {
    bindings = bind(plan, { lookup, compat404: false });
  } catch (error) {
    if (!(error instanceof LoadError) || relocations.every(({ supported }) => supported))
      throw error;
    if (!target.stock) reasons.push(...error.message.split("\n"));
    bindings = bind(plan, { lookup, compat404: true });
  }
  const { stack = target.stock ? STACK_404 : STACK_DEFAULT } = options;
  const need = heapNeed(bytes.length, plan, bindings.size, stack, target.stock);
  return { options, image, bytes, plan, bindings, relocations, need, origin };
}

/** Why it does not load, in `reasons`; what a stock loader would not say, in `warnings`. */
function judge(
  { options, plan, bindings, need, relocations }: Subject,
  { imports }: Details,
  reasons: string[],
  warnings: string[],
): void {
  const { target, hardFloat, libraries } = options;
  const missing = imports.filter((one) => one.from === undefined && (!one.weak || target.stock));
  if (missing.length > 0)
    reasons.push(
      ...missingReasons(
        missing.map(({ name }) => name),
        target,
      ),
    );
  // 4.0.4 loads no libraries.
  const along = target.stock ? [] : heapAlong(plan.needed, libraries);
  const tight = noRoom({ ...need, libraries: along }, options.ram);
  if (tight) reasons.push(tight);
  // A stock loader puts in what fits; ours comes so far only when nothing is missing.
  if (!target.stock && reasons.length === 0) {
    const types = relocations.map(({ type }) => type);
    const reason = outOfRange(plan, bindings, types);
    if (reason) reasons.push(reason);
  }
  if (plan.linked) return;
  const floats = floatFunctions(bindings.imports).filter(
    (name) => target.stock || !options.floatEntries?.has(name),
  );
  if (plan.hardFloat !== hardFloat && floats.length > 0)
    (target.stock ? warnings : reasons).push(
      `it passes floating-point values in ${plan.hardFloat ? "VFP" : "core"} registers, unlike the C library that it calls (${floats.join(", ")}): build with -mfloat-abi=${hardFloat ? "hard" : "softfp"}`,
    );
}
