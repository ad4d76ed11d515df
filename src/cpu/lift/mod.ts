export { type Fetch, type FetchFault, liftBlock } from "./block.ts";
export { isIdle } from "./idle.ts";
