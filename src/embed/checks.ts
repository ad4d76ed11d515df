/** What the methods of the package are given, checked: TypeError for what it is, RangeError for how much it is. */

/** Why a value will not do; undefined: it will. */
type Check = (value: unknown) => Error | undefined;

const wrong = (wanted: string): Error => new TypeError(`must be ${wanted}`);

const kind =
  (type: "string" | "boolean" | "function", wanted: string): Check =>
  (value) =>
    typeof value === type ? undefined : wrong(wanted);

const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string)
      ? undefined
      : wrong(words.map((word) => JSON.stringify(word)).join(" or "));

const whole =
  (min: number, max: number, what = "a whole number"): Check =>
  (value) => {
    if (typeof value !== "number") return wrong(what);
    const fits = Number.isInteger(value) && value >= min && value <= max;
    return fits ? undefined : new RangeError(`must be ${what} from ${min} to ${max}`);
  };

const time: Check = (value) => {
  if (typeof value !== "number") return wrong("a number of milliseconds");
  const fits = Number.isFinite(value) && value >= 0;
  return fits ? undefined : new RangeError("must be a number of milliseconds from 0 on");
};

const bytes: Check = (value) =>
  value instanceof Uint8Array ? undefined : wrong("a Uint8Array with the file's bytes");

const content: Check = (value) =>
  typeof value === "string" || value instanceof Uint8Array
    ? undefined
    : wrong("a string or a Uint8Array");

const name: Check = (value) =>
  typeof value === "string" && /[^/]$/.test(value) ? undefined : wrong("a file name");

const words: Check = (value) =>
  Array.isArray(value) && value.every((word) => typeof word === "string")
    ? undefined
    : wrong("an array of strings");

const disk: Check = (value) => {
  if (value === "default") return undefined;
  if (value instanceof Uint8Array)
    return value.length > 0 && value.length % 512 === 0
      ? undefined
      : new RangeError(
          `must have a whole number of sectors of 512 bytes, not ${value.length} bytes`,
        );
  const device = value as { read?: unknown; sectors?: unknown } | null;
  return typeof device === "object" && device && typeof device.read === "function"
    ? undefined
    : wrong('"default", a Uint8Array with the bytes of an image, or a block device');
};

const files: Check = (value) => {
  if (typeof value !== "object" || value === null) return wrong("an object: path to content");
  for (const [path, text] of Object.entries(value)) {
    if (!path.startsWith("/")) return new TypeError(`'${path}' must begin with /`);
    const why = content(text);
    if (why) return new TypeError(`the content of '${path}' ${why.message}`);
  }
  return undefined;
};

const MIB = 1048576;
const SEED = whole(0, 0xffffffff);

export const BOOT: Readonly<Record<string, Check>> = {
  disk,
  files,
  console: kind("boolean", "true or false"),
  onOutput: kind("function", "a function"),
  timeout: time,
  wallTimeout: time,
  seed: SEED,
  schedule: SEED,
  engine: oneOf("auto", "interp", "jit"),
  firmware: bytes,
  compat404: kind("boolean", "true or false"),
  abi: oneOf("4.0.4", "5.x"),
  leaks: oneOf("report", "ignore", "error"),
  ram: whole(2 * MIB, 512 * MIB, "a whole number of bytes"),
  stack: whole(512, 64 * MIB, "a whole number of bytes"),
};

export const RUN: Readonly<Record<string, Check>> = { args: words, stdin: content, name };
export const EXECUTE: Readonly<Record<string, Check>> = { stdin: content };

/** @throws TypeError, RangeError: an option that is not known, or not of that kind or size */
export function checkOptions(
  of: string,
  options: unknown,
  known: Readonly<Record<string, Check>>,
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new TypeError(`${of}: the options must be an object`);
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, key))
      throw new TypeError(`${of}: no option '${key}'; there are ${Object.keys(known).join(", ")}`);
    if (value !== undefined) checkValue(of, `option '${key}'`, value, known[key]);
  }
}

function checkValue(of: string, what: string, value: unknown, check: Check): void {
  const why = check(value);
  if (!why) return;
  const text = `${of}: ${what} ${why.message}`;
  throw why instanceof RangeError ? new RangeError(text) : new TypeError(text);
}

export const checkTime = (of: string, value: unknown): void =>
  checkValue(of, "the time", value, time);

export const checkText = (of: string, what: string, value: unknown): void =>
  checkValue(of, what, value, kind("string", "a string"));

export const checkContent = (of: string, value: unknown): void =>
  checkValue(of, "the content", value, content);

export const checkModule = (of: string, value: unknown): void => {
  if (typeof value === "string" && value !== "") return;
  if (!(value instanceof Uint8Array))
    throw new TypeError(`${of}: the module must be a path on the disk or a Uint8Array`);
};
