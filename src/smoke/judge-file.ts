import type { Vfs } from "../vfs/mod.ts";
import { VfsError } from "../vfs/mod.ts";
import { pathText } from "./guest-path.ts";
import { judgeText } from "./judge.ts";
import { fileFix } from "./reader.ts";
import { onPlace } from "./test-error.ts";
import type { Failure } from "./result.ts";
import type { TestHost } from "./host.ts";
import type { FileRules } from "./scenario.ts";

/** What a file of the guest does not fulfil; `host` reads files beside the scenario. */
export function judgeFile(
  vfs: Vfs,
  rules: FileRules,
  host: Pick<TestHost, "read" | "matches">,
): Failure[] {
  const { lines } = rules;
  const path = pathText(rules.path);
  const fail = (message: string, key = "path"): Failure => ({
    kind: "file",
    message,
    line: lines?.[key],
  });
  let bytes: Uint8Array;
  try {
    const exists = vfs.exists(rules.path);
    if (!exists || !rules.exists)
      return exists === rules.exists
        ? []
        : [
            exists
              ? fail(`${path} exists, and must not`, "exists")
              : fail(`${path} does not exist`),
          ];
    bytes = vfs.readFile(rules.path);
  } catch (error) {
    if (!(error instanceof VfsError)) throw error;
    return [fail(`${path} cannot be read: ${error.message}`)];
  }
  const failures: Failure[] = [];
  if (rules.size !== undefined && bytes.length !== rules.size)
    failures.push(fail(`${path} has ${bytes.length} bytes, not ${rules.size}`, "size"));
  if (rules.same !== undefined) {
    const wanted = onPlace(rules.sameAt, fileFix("same"), () => host.read(rules.same!));
    const at = firstDifference(wanted, bytes);
    if (at !== undefined)
      failures.push(fail(`${path} differs from ${rules.same} at byte ${at}`, "same"));
  }
  const text = new TextDecoder().decode(bytes);
  return [...failures, ...judgeText("file", path, text, rules, host.matches)];
}

function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  const length = Math.min(a.length, b.length);
  for (let n = 0; n < length; n++) if (a[n] !== b[n]) return n;
  return a.length === b.length ? undefined : length;
}
