import { dirname, posix } from "node:path";
import type { Scenario } from "../smoke/mod.ts";
import { beside, located } from "./test-discover.ts";
import type { Loaded } from "./test-run.ts";

/** Where the modules are that a scenario runs or places. */
export function modulesOf({ ref, scenario }: Loaded): string[] {
  if (ref.kind !== "scenario" || !scenario) return [];
  return modulesIn(scenario).map((name) =>
    ref.inside === undefined
      ? located(beside(ref.file, name))
      : `${located(ref.file)}:${posix.resolve(dirname(ref.inside), name)}`,
  );
}

/** The image that a scenario of the host has as its disk. */
export function diskOf({ ref, scenario }: Loaded): string[] {
  const disk = scenario?.disk;
  return disk === undefined || disk === "default" ? [] : [located(beside(ref.file, disk))];
}

function modulesIn({ steps, files }: Scenario): string[] {
  return [
    ...steps.flatMap(({ action }) => (action.kind === "run" ? [action.module] : [])),
    ...files.flatMap(({ content }) => ("from" in content ? [content.from] : [])),
  ];
}

/** Files of the host that decide how a test goes. */
export function filesOf(test: Loaded): string[] {
  return [...inputsOf(test), ...transcriptsOf(test)];
}

/** The same without those that --update writes. */
export function inputsOf({ ref, scenario }: Loaded): string[] {
  const { file, inside, kind } = ref;
  if (kind === "module" || inside !== undefined || !scenario) return [located(file)];
  const { disk, expectedFiles } = scenario;
  const others = [
    disk === "default" ? undefined : disk,
    ...expectedFiles.map(({ same }) => same),
  ].flatMap((name) => name ?? []);
  const named = [...modulesIn(scenario), ...others];
  return [located(file), ...named.map((name) => located(beside(file, name)))];
}

function transcriptsOf({ ref: { file, inside }, scenario }: Loaded): string[] {
  if (inside !== undefined || !scenario) return [];
  return [scenario.output, ...scenario.steps.map(({ output }) => output)].flatMap(
    ({ transcript }) => (transcript === undefined ? [] : located(beside(file, transcript))),
  );
}

/** The place of a test as `modulesOf` names it. */
export function placeOf({ file, inside }: Loaded["ref"]): string {
  return inside === undefined ? located(file) : `${located(file)}:${inside}`;
}
