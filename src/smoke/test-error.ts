/** The test cannot be carried out as it is written. */
export class TestError extends Error {
  constructor(
    readonly kind: "scenario" | "disk",
    message: string,
    /** Where in the scenario. */
    readonly line?: number,
  ) {
    super(message);
  }
}

/** What goes wrong in `body` has to do with that line; a module has none. */
export function onLine<T>(line: number | undefined, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof TestError) || error.line !== undefined) throw error;
    throw new TestError(error.kind, error.message, line || undefined);
  }
}
