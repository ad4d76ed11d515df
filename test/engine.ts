/** RTT_SIM_ENGINE=interp|jit|auto: the engine on which tests run that do not name one. */
import { defaults, type Engine } from "../src/cpu/mod.ts";

const engine = process.env.RTT_SIM_ENGINE;
if (engine) defaults.engine = engine as Engine;
