import type { DirectCall } from "../cpu/types.ts";
import type { CallResult, ExportRow } from "./call.ts";

export type Handler = ExportRow<never>["call"];

/** What a handler came to besides a number; both return the r0 to go on with. */
export interface Outcomes {
  readonly other: (result: CallResult) => number;
  readonly failed: (error: unknown) => number;
}

type Maker = (
  call: Handler,
  context: unknown,
  other: Outcomes["other"],
  failed: Outcomes["failed"],
) => DirectCall;

/**
 * A function that calls the handler of an exported function. Each has a text of its own, for the host compiles functions of one text as
 * one: it would look which handler there is at each call, where of a single one handler and context are constants, and the code is put
 * into the caller (a call that does nothing: 20 to 24 ns with one text, 10 with one for each, all of it included).
 */
export function directCall(
  name: string,
  call: Handler,
  context: unknown,
  { other, failed }: Outcomes,
): DirectCall {
  if (!/^\w+$/.test(name)) throw new RangeError(`not a name of C: ${name}`);
  const text = `return function direct_${name}(r0, r1, r2, r3) {
    let result;
    try {
      result = call(context, r0, r1, r2, r3);
    } catch (error) {
      return failed(error);
    }
    return typeof result === "number" ? result | 0 : other(result);
  };`;
  const make = new Function("call", "context", "other", "failed", text) as Maker;
  return make(call, context, other, failed);
}
