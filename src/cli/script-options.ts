import { parseArgs, type ParseArgsConfig } from "node:util";

/**
 * Options of a script that developers start: `--help` prints its usage and ends with status 0, what it does not know ends with status 2
 * and says so, before anything is done.
 */
export function scriptOptions<T extends ParseArgsConfig>(usage: string, config: T) {
  try {
    const parsed = parseArgs({
      ...config,
      options: { ...config.options, help: { type: "boolean", short: "h" } },
    });
    if ((parsed.values as { help?: boolean }).help === true) {
      console.log(`usage: ${usage}`);
      process.exit(0);
    }
    return parsed as ReturnType<typeof parseArgs<T>>;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (!code?.startsWith("ERR_PARSE_ARGS")) throw error;
    console.error(`${message}\nusage: ${usage}`);
    process.exit(2);
  }
}
