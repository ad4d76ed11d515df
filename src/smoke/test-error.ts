import type { Position } from "./toml.ts";

/** The test cannot be carried out as it is written. */
export class TestError extends Error {
  constructor(
    readonly kind: "scenario" | "disk",
    message: string,
    /** What to do about it. */
    readonly fix?: string,
    /** Where in the scenario. */
    readonly at?: Position,
  ) {
    super(message);
  }
}

/** What goes wrong in `body` has to do with that place, and `fix` helps where it brings none itself; a module has no places. */
export function onPlace<T>(at: Position | undefined, fix: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof TestError) || error.at !== undefined) throw error;
    throw new TestError(
      error.kind,
      error.message,
      error.fix ?? (error.kind === "scenario" ? fix : undefined),
      at?.line ? at : undefined,
    );
  }
}
