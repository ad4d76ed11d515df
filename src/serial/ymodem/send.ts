import type { Task } from "../../kernel/call.ts";
import type { PortReader } from "../port.ts";
import { BACKSPACE, CANCEL, Limit } from "./limits.ts";
import { Code, packet } from "./packet.ts";
import { type Outcome, Stage } from "./receive.ts";

/** Where a session gets its blocks from; undefined cancels it. */
export interface SendHandler {
  /** Block 0 of the next file; "end" after the last one. */
  begin(): Task<Uint8Array | "end" | undefined>;
  /** The next block with SMALL or LARGE bytes; "end" behind the file. */
  data(): Task<Uint8Array | "end" | undefined>;
  /** The other side has the whole file. */
  end(): Task<void>;
  /** Data of the block that ends the batch. */
  last(): Task<Uint8Array | undefined>;
  stage?(stage: Stage): void;
}

/** What a receiver says; behind the end of a session it is meant for nobody. */
const ANSWERS: readonly number[] = [Code.C, Code.ACK, Code.NAK, Code.CAN, BACKSPACE];

/** Longest pause before a block, and how many sound blocks make it shorter again. */
const SLOWEST = 4;
const TRUST = 100;

/** For how many ticks a receiver may come that was started for a session that cannot be. */
export const DISMISS_TICKS = Limit.start;
/** What it asks with: the shell would take it for a line. */
export const REQUEST = Code.C;

/**
 * Tells such a receiver, whose request was read; what it answers is dropped until something else is typed. False: something else follows it at once, so that it is the beginning of something that is
 * typed.
 */
export function* dismiss(line: PortReader, told: () => void): Task<boolean> {
  if (yield* line.arrives(Limit.typing)) return false;
  line.write(CANCEL);
  told();
  yield* line.drop(ANSWERS, Limit.start);
  return true;
}

/** The sending side of YMODEM with CRC: a batch of files. */
export class Sender {
  /** Ticks before each block: a receiver that drops what comes too soon after its answer gets more time. */
  private pause = 0;
  private sound = 0;

  constructor(
    private readonly line: PortReader,
    private readonly handler: SendHandler,
  ) {}

  /** @param seconds How long to wait for the receiver. */
  *run(seconds: number): Task<Outcome> {
    const outcome = yield* this.session(seconds);
    if (outcome !== "done" && outcome !== "cancelled") this.line.write(CANCEL);
    if (outcome !== "done") {
      yield* this.line.purge(Limit.silence);
      yield* this.line.drop(ANSWERS, Limit.late);
    }
    return outcome;
  }

  private *session(seconds: number): Task<Outcome> {
    const { handler } = this;
    handler.stage?.(Stage.Establishing);
    let begun = false;
    for (let wait = seconds; ; wait = Limit.errors) {
      const answer = yield* this.asked(100 * wait, begun);
      if (answer !== Code.C) return answer === Code.CAN ? "cancelled" : "time-out";
      begun = true;
      const header = yield* handler.begin();
      if (!header) return "refused";
      const data = header === "end" ? yield* handler.last() : header;
      if (!data) return "refused";
      const sent = header === "end" ? yield* this.end(data) : yield* this.block(0, data, true);
      if (sent !== "done") return sent;
      if (header === "end") {
        handler.stage?.(Stage.Finished);
        return "done";
      }
      handler.stage?.(Stage.Established);
      const outcome = yield* this.file();
      if (outcome !== "done") return outcome;
      yield* handler.end();
    }
  }

  /** Waits for the request to begin a file. Behind another one a receiver may still want its EOT: what was taken for the answer to it was one to a block that came twice. */
  private *asked(ticks: number, behind: boolean): Task<number> {
    const wanted = behind ? [Code.C, Code.NAK] : [Code.C];
    for (let errors = 0; ; errors++) {
      const answer = yield* this.answer(ticks, wanted);
      if (answer !== Code.NAK || errors > Limit.errors) return answer;
      this.line.write(Uint8Array.of(Code.EOT));
    }
  }

  private *file(): Task<Outcome> {
    const { handler } = this;
    handler.stage?.(Stage.Transmitting);
    for (let number = 1; ; number++) {
      const data = yield* handler.data();
      if (!data) return "refused";
      if (data === "end") break;
      const outcome = yield* this.block(number & 0xff, data, false);
      if (outcome !== "done") return outcome;
    }
    for (let errors = 0; errors <= Limit.errors; errors++) {
      this.line.write(Uint8Array.of(Code.EOT));
      const answer = yield* this.answer(Limit.block, [Code.ACK, Code.NAK]);
      if (answer === Code.CAN) return "cancelled";
      if (answer === Code.ACK) return "done";
    }
    return "time-out";
  }

  /**
   * The end of a batch. Everything in it was acknowledged, so silence is as good as an answer: lrzsz drops its own last one (tcflush)
   * when it leaves a pseudo terminal. What is sent again then would be there for the next who opens the line.
   */
  private *end(data: Uint8Array): Task<Outcome> {
    const { line } = this;
    for (let errors = 0; errors <= Limit.errors; errors++) {
      yield* line.purge(0);
      line.write(packet(0, data));
      const answer = yield* this.answer(Limit.last, [Code.ACK, Code.NAK]);
      if (answer === Code.CAN) return "cancelled";
      if (answer !== Code.NAK) return "done";
    }
    return "crc";
  }

  /** Sends a block until it is acknowledged. Behind block 0 of a file the receiver asks for the first one. */
  private *block(number: number, data: Uint8Array, header: boolean): Task<Outcome> {
    const { line } = this;
    const bytes = packet(number, data);
    let failure: Outcome = "time-out";
    for (let errors = 0; errors <= Limit.errors; errors++) {
      // Requests that were made before this block must not be taken for answers to it.
      if (number === 0) yield* line.purge(0);
      if (this.pause > 0) yield* line.rest(this.pause);
      line.write(bytes);
      const answer = yield* this.answer(Limit.block, [Code.ACK, Code.NAK]);
      if (answer === Code.CAN) return "cancelled";
      if (answer === Code.ACK) {
        if (++this.sound % TRUST === 0 && this.pause > 0) this.pause--;
        if (!header) return "done";
        const next = yield* this.answer(Limit.block, [Code.C]);
        if (next === Code.CAN) return "cancelled";
        if (next === Code.C) return "done";
      }
      failure = answer === Code.NAK ? "crc" : "time-out";
      this.sound = 0;
      if (answer < 0) this.pause = Math.min(this.pause + 1, SLOWEST);
    }
    return failure;
  }

  /** One of these bytes, CAN when there are two in a row, -1 after that long. */
  private *answer(ticks: number, wanted: readonly number[]): Task<number> {
    let before = -1;
    for (let noise = 0; noise < 4096; noise++) {
      const byte = yield* this.line.byte(ticks);
      if (byte < 0 || wanted.includes(byte)) return byte;
      if (byte === Code.CAN && before === Code.CAN) return byte;
      before = byte;
    }
    return -1;
  }
}
