import type { Task } from "../../kernel/call.ts";
import type { PortReader } from "../port.ts";
import { CANCEL, Limit } from "./limits.ts";
import { Code, type Defect, parseHeader, readBlock } from "./packet.ts";

/** Instead of a control byte. */
const SILENT = -1;
const NOISE = -2;

/** How a session ended. `refused`: the handler did not want to go on. */
export type Outcome =
  "done" | "time-out" | "cancelled" | "refused" | "protocol" | "memory" | Defect;

/** Stages of a session as RT-Thread's enum rym_stage counts them. */
export const Stage = {
  None: 0,
  Establishing: 1,
  Established: 2,
  Transmitting: 3,
  Finishing: 4,
  Finished: 5,
} as const;
export type Stage = (typeof Stage)[keyof typeof Stage];

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** What is done with a session; true goes on, false cancels it. */
export interface ReceiveHandler {
  /** Block 0 of a file. */
  begin(data: Uint8Array): Task<boolean>;
  data(data: Uint8Array): Task<boolean>;
  /** The file is complete. */
  end(): Task<void>;
  stage?(stage: Stage): void;
}

/** The receiving side of YMODEM with CRC: a batch of files. */
export class Receiver {
  constructor(
    private readonly line: PortReader,
    private readonly handler: ReceiveHandler,
  ) {}

  /** @param seconds How long to wait for the sender. */
  *run(seconds: number): Task<Outcome> {
    const outcome = yield* this.session(seconds);
    if (outcome !== "done" && outcome !== "cancelled") this.line.write(CANCEL);
    // A sender that was stopped in a block still sends the rest of it.
    if (outcome !== "done") yield* this.line.purge(Limit.silence);
    return outcome;
  }

  private *session(seconds: number): Task<Outcome> {
    const { handler } = this;
    handler.stage?.(Stage.Establishing);
    let early: Uint8Array | undefined;
    for (let requests = seconds; ; requests = Limit.errors) {
      const header: Uint8Array | Outcome = early ?? (yield* this.header(requests));
      if (typeof header === "string") return header;
      // An empty name ends the batch.
      if (header[0] === 0) {
        this.send(Code.ACK);
        handler.stage?.(Stage.Finished);
        return "done";
      }
      if (!(yield* handler.begin(header))) return "refused";
      this.send(Code.ACK, Code.C);
      handler.stage?.(Stage.Established);
      const outcome = yield* this.file(header);
      if (typeof outcome === "string" && outcome !== "done") return outcome;
      early = typeof outcome === "string" ? undefined : outcome;
      handler.stage?.(Stage.Finishing);
      yield* handler.end();
    }
  }

  /** Asks for block 0 until a sound one comes. */
  private *header(requests: number): Task<Uint8Array | Outcome> {
    const { line } = this;
    let defect: Outcome = "time-out";
    for (let left = requests; left > 0; left--) {
      this.send(Code.C);
      const code = yield* this.control(Limit.request);
      if (code === Code.CAN) return "cancelled";
      if (code < 0) continue;
      // The end of the file before is said again: its acknowledgement was lost.
      if (code === Code.EOT) {
        this.send(Code.ACK);
        continue;
      }
      const block = yield* readBlock(line, code, Limit.byte);
      if ("data" in block && block.number === 0) return block.data;
      defect = "data" in block ? "number" : block.defect;
      yield* line.purge(Limit.silence);
    }
    return defect;
  }

  /** The blocks of one file; gives block 0 of the next one when the sender has gone on to it. */
  private *file(header: Uint8Array): Task<Outcome | Uint8Array> {
    const { line, handler } = this;
    const size = parseHeader(header)?.size;
    let next = 1;
    let received = 0;
    /** The block before: a number alone does not tell a repetition of it from another block. */
    let last = header;
    let acknowledged = line.now;
    let errors = 0;
    let ending = false;
    /** An EOT came, and no data since. */
    let ended = false;
    let failure: Outcome = "time-out";
    while (errors <= Limit.errors) {
      const code = yield* this.control(Limit.block);
      if (code === Code.CAN) return "cancelled";
      if (code === Code.EOT) {
        // A single EOT may be noise: it has to be said twice.
        if (ending) {
          this.send(Code.ACK);
          return "done";
        }
        ending = true;
        ended = true;
        this.send(Code.NAK);
        continue;
      }
      ending = false;
      if (code === SILENT) {
        failure = "time-out";
      } else if (code !== NOISE) {
        const block = yield* readBlock(line, code, Limit.byte);
        if ("data" in block) {
          const { number, data } = block;
          // Numbers are bytes: behind 255 blocks 0 is the next one of the file as well as the next file.
          const over = number === 0 && ended && received >= (size ?? 0);
          if (number === (next & 0xff) && !over) {
            if (!(yield* handler.data(data))) return "refused";
            if (next === 1) handler.stage?.(Stage.Transmitting);
            next++;
            received += data.length;
            last = data;
            ended = false;
            errors = 0;
            this.send(Code.ACK);
            continue;
          }
          if (number === ((next - 1) & 0xff) && equal(data, last)) {
            // Sent again for a request that was made too early, and acknowledged already.
            if (next === 1 && line.now - acknowledged < Limit.request) continue;
            // Sent again because the acknowledgement was lost.
            if (next === 1) this.send(Code.ACK, Code.C);
            else this.send(Code.ACK);
            acknowledged = line.now;
            errors++;
            continue;
          }
          // A sender that took an answer to something else for the one to its EOT, or that began anew.
          if (number === 0) return data;
          return "number";
        }
        failure = block.defect;
      }
      errors++;
      yield* line.purge(Limit.silence);
      this.send(next === 1 && code === SILENT ? Code.C : Code.NAK);
    }
    return failure;
  }

  /** What a block begins with, EOT, CAN when there are two in a row; SILENT after that long, NOISE for anything else. */
  private *control(ticks: number): Task<number> {
    const { line } = this;
    const byte = yield* line.byte(ticks);
    if (byte < 0) return SILENT;
    if (byte === Code.SOH || byte === Code.STX) return byte;
    if (byte === Code.CAN && (yield* line.byte(Limit.byte)) === Code.CAN) return byte;
    // In the rest of a block whose beginning was lost any byte may occur: an EOT stands alone.
    if (byte === Code.EOT && (yield* line.byte(1)) < 0) return byte;
    yield* line.purge(Limit.silence);
    return NOISE;
  }

  private send(...codes: number[]): void {
    this.line.write(Uint8Array.from(codes));
  }
}
