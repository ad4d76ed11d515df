/** The dynamic module loader and libdl. */
export {
  type AbortEvent,
  type EndEvent,
  type FirmwareHooks,
  type LeakPolicy,
  type LoaderOptions,
  type LoaderParts,
  type RefusedEvent,
  type StartEvent,
} from "./context.ts";
export type { Freed } from "./allocations.ts";
export { dlmoduleRows } from "./exports.ts";
export { type EndedInfo, Loader, type LoadOptions, type ModuleInfo } from "./loader.ts";
export { listModules, moduleTable } from "./module-list.ts";
export { HostModules, type HostOptions, ModuleError } from "./host.ts";
export { RTLD_DEFAULT, RTLD_NEXT } from "./libdl.ts";
export { LoadError } from "./load-error.ts";
export type { HowEnded } from "./module.ts";
export { planLoad } from "./plan.ts";
export type { LoadPlan } from "./plan-types.ts";
export { explainMissing } from "./reasons.ts";
export type { Whereabouts } from "./registry.ts";
export { callBefore, type CodeReader } from "./return-address.ts";
export { bind } from "./bind.ts";
export { overwrittenFrom, type Side } from "./heap-damage.ts";
export { isArchive, modulesOf, noModule, readModule } from "./bundle.ts";
export { relocate } from "./relocate-arm.ts";
export { visible } from "./visible.ts";
export { WIPED } from "./wipe.ts";
