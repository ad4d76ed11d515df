import type { Core } from "./core.ts";

/** An op that compiled code seldom uses: its code begins at m[ip]. */
export type Rare = (core: Core, R: Int32Array, m: Int32Array, ip: number) => void;
