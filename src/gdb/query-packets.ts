import { hexText, number, PACKET_MAX, text } from "./packet.ts";
import type { Target } from "./types.ts";

const FEATURES = [
  `PacketSize=${PACKET_MAX.toString(16)}`,
  "QStartNoAckMode+",
  "qXfer:features:read+",
  "qXfer:libraries:read+",
  "qXfer:threads:read+",
  "qXfer:exec-file:read+",
  "vContSupported+",
  "swbreak+",
  "hwbreak+",
].join(";");

/**
 * General queries (GDB manual, appendix E.4) which the target alone answers, by name; `rest` is what follows the name and one separator. Each
 * gives the answer.
 */
export const QUERIES: Readonly<Record<string, (target: Target, rest: string) => string>> = {
  qSupported: () => FEATURES,
  QStartNoAckMode: () => "OK",
  qSymbol: () => "OK",
  qAttached: () => "1",
  qC: ({ current }) => `QC${current.toString(16)}`,
  qfThreadInfo: (target) => {
    const ids = target.threads().map(({ id }) => id.toString(16));
    return `m${ids.join(",")}`;
  },
  qsThreadInfo: () => "l",
  qThreadExtraInfo: (target, rest) => {
    const id = number(rest);
    const thread = target.threads().find((entry) => entry.id === id);
    return thread ? hexText(`${thread.name}, ${thread.extra}`) : "E01";
  },
  qXfer: transfer,
};

/** A piece of a description document: object:read:annex:offset,length. */
function transfer(target: Target, spec: string): string {
  const match = /^([a-z-]+):read:([^:]*):([0-9a-f]{1,8}),([0-9a-f]{1,8})$/i.exec(spec);
  if (!match) return "";
  const document = target.document(match[1], match[2]);
  if (document === undefined) return match[1] === "features" ? "E00" : "";
  const bytes = new TextEncoder().encode(document);
  const offset = parseInt(match[3], 16);
  const length = Math.min(parseInt(match[4], 16), PACKET_MAX / 2);
  const more = offset + length < bytes.length ? "m" : "l";
  return more + text(bytes.subarray(offset, offset + length));
}
