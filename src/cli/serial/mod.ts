/** What serial lines are connected to on the host. */
import { FileLink, NullLink } from "./file.ts";
import type { Link } from "./link.ts";
import { PtyLink } from "./pty.ts";
import { SocketLink } from "./socket.ts";
import type { SerialSpec } from "./spec.ts";

export { type Link, PATIENCE_MS } from "./link.ts";

/** Opens the host's end of a line; `stdio` is not one of these. */
export async function openLink(spec: SerialSpec, ptyLink?: string): Promise<Link> {
  switch (spec.kind) {
    case "pty":
      return new PtyLink(ptyLink);
    case "tcp":
      return SocketLink.tcp(spec.host, spec.port);
    case "unix":
      return SocketLink.unix(spec.path);
    case "file":
      return new FileLink(spec.path);
    default:
      return new NullLink();
  }
}
