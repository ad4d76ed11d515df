import { SignalError, Signals } from "../signals.ts";

/**
 * Runs with an ear for SIGINT, SIGTERM and SIGHUP: `use` asks for them where it can stop. One that came while the last step was done
 * counts, too.
 *
 * @param done says what is done, for whoever ended it
 * @throws SignalError with the exit code of the signal
 */
export async function inGoodOrder<T>(
  use: (signals: Signals) => T | Promise<T>,
  done: () => string,
): Promise<T> {
  const signals = new Signals();
  try {
    const result = await use(signals);
    await signals.listen();
    await signals.check();
    return result;
  } catch (error) {
    if (error instanceof SignalError)
      throw new SignalError(error.code, `${error.message}: ${done()}`);
    throw error;
  } finally {
    signals.close();
  }
}
