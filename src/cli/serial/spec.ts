import { ExitCode, UserError } from "../exit-codes.ts";
import type { OptionName } from "../options.ts";

/** What a serial line is connected to. */
export type SerialSpec =
  | { readonly kind: "stdio" | "pty" | "null" }
  | { readonly kind: "file" | "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

const LOOPBACK = "127.0.0.1";

/** `stdio`, `pty`, `null`, `file:PATH`, `unix:PATH`, `tcp:PORT`, `tcp:HOST:PORT` (an IPv6 address in brackets). */
export function parseSerial(option: OptionName, text: string): SerialSpec {
  if (text === "stdio" || text === "pty" || text === "null") return { kind: text };
  const [kind, rest = ""] = [text.split(":", 1)[0], text.slice(text.indexOf(":") + 1)];
  if ((kind === "file" || kind === "unix") && text.includes(":") && rest !== "")
    return { kind, path: rest };
  if (kind === "tcp" && text.includes(":")) {
    const [, host = "", port] = /^(?:(\[[^\]]*\]|[^:]*):)?(\d{1,9})$/.exec(rest) ?? [];
    if (port !== undefined && Number(port) > 65535)
      throw new UserError(
        ExitCode.Usage,
        `--${option}: there is no port ${port}`,
        "ports go from 0 (any that is free) to 65535",
      );
    if (port !== undefined)
      return { kind, host: host.replace(/^\[|\]$/g, "") || LOOPBACK, port: Number(port) };
  }
  throw new UserError(
    ExitCode.Usage,
    `--${option}: '${text}' is not a serial back-end`,
    "choose one of: stdio, pty, tcp:HOST:PORT (port 0: any), unix:PATH, file:PATH, null",
  );
}

/** Somebody can type at it, at any time. */
export const isLive = (spec: SerialSpec | undefined): boolean =>
  spec?.kind === "pty" || spec?.kind === "tcp" || spec?.kind === "unix";
