export { type FeederState, LineFeeder, type LineFeederOptions } from "./console.ts";
