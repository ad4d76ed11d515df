export { type FeederState, LineFeeder, type LineFeederOptions, type LinePace } from "./console.ts";
