export { type Fetch, type FetchFault, liftBlock } from "./block.ts";
