import type { Kernel } from "../kernel.ts";

/** RT_ASSERT of detach functions: the object was initialised, not created. `expression` is the object's in C. */
export function assertStatic(
  k: Kernel,
  object: number,
  expression: string,
  fn: string,
  line: number,
): void {
  k.assert(k.objects.isStatic(object), `rt_object_is_systemobject(&${expression})`, fn, line);
}

/** RT_ASSERT of delete functions: the object was created. */
export function assertDynamic(
  k: Kernel,
  object: number,
  expression: string,
  fn: string,
  line: number,
): void {
  k.assert(
    !k.objects.isStatic(object),
    `rt_object_is_systemobject(&${expression}) == RT_FALSE`,
    fn,
    line,
  );
}
