export { liftBlock } from "./block.ts";
export type { Fetch, FetchFault } from "./fetch.ts";
export { isIdle } from "./idle.ts";
