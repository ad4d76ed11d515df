import type { Call } from "./call-target.ts";
import { armCalls } from "./calls-arm.ts";
import { thumbCalls } from "./calls-thumb.ts";
import type { CodeImage } from "./code-image.ts";

/** The calls in a function of `size` bytes at `start`: BL, BLX, jumps to other functions, and calls through registers that literals fill. */
export function callsOf(image: CodeImage, start: number, size: number, thumb: boolean): Call[] {
  const calls = (thumb ? thumbCalls : armCalls)(image, start, start + size);
  if (image.exhausted()) calls.push({ target: undefined, tail: false });
  return calls;
}
