/** Smoke tests: scenarios, how they are run and judged, and the reports about them. */
export { moduleScenario } from "./module-test.ts";
export { Observer } from "./observer.ts";
export { githubReport } from "./report/github.ts";
export { jsonReport } from "./report/json.ts";
export { junitReport } from "./report/junit.ts";
export { tapReport } from "./report/tap.ts";
export { ANSI, type Colours, PLAIN, summary, testText, textReport } from "./report/text.ts";
export * from "./result.ts";
export { ArgumentError, commandLine } from "./command-line.ts";
export type { TestHost, TestOptions } from "./host.ts";
export { base } from "./run-test.ts";
export { scenarioText } from "./scenario-text.ts";
export type { Scenario } from "./scenario.ts";
export { ScratchDisks } from "./scratch-disk.ts";
export { scheduleOf } from "./schedule.ts";
export { KEYS, parseScenario } from "./schema.ts";
export { type Attempts, FIRST_SCHEDULE, testSteps } from "./test.ts";
export { type Position, type Problem, ScenarioError } from "./toml.ts";
