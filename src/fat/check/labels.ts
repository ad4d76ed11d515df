import { bootLabel, NO_LABEL, setBootLabel } from "../boot-label.ts";
import type { Geometry } from "../geometry.ts";
import type { Sectors } from "../sectors.ts";
import type { Findings } from "./problem.ts";

/** The bytes can be a volume label: no control characters, none that names may not have, not blank at the start. */
export function isGoodLabel(short: string): boolean {
  return !/[\x00-\x1f"*+,./:;<=>?[\\\]|\x7fa-z]|^ /.test(short);
}

/** The boot sector says the same as the root directory; what that says is right. */
export function checkBootLabel(
  sectors: Sectors,
  geometry: Geometry,
  root: string | undefined,
  findings: Findings,
): void {
  const boot = bootLabel(sectors, geometry);
  const wanted = root ?? NO_LABEL;
  if (boot === undefined || boot === wanted) return;
  // A boot sector that was never given a label is no fault.
  if (boot === NO_LABEL && root !== undefined) return;
  findings.add(
    "label",
    root === undefined
      ? `the boot sector has the label ${boot.trim()}, the root directory none`
      : `the label is ${root.trim()} in the root directory, ${boot.trim()} in the boot sector`,
  );
  setBootLabel(sectors, geometry, wanted);
}
