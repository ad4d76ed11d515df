/** Ticks of 10 ms, and how often something may fail in a row. */
export const Limit = {
  /** Between two bytes of a block. */
  byte: 100,
  /** For a block, or for its acknowledgement: RYM_WAIT_PKG_TICK of RT-Thread's ymodem.h. */
  block: 300,
  /** For the acknowledgement of a batch's end. */
  last: 200,
  /** Between two requests to begin. */
  request: 100,
  /** How long a line must be silent after a broken block. */
  silence: 5,
  /** How long a program at the other end may take to start. */
  start: 500,
  /** Between two bytes of a line that a program types. */
  typing: 3,
  /** How long answers may be on their way behind the end of a session. */
  late: 50,
  errors: 10,
} as const;

/** How many CAN end a session. */
const CANCELS = 8;
/** BS takes back what a shell at the other end would have read. */
export const BACKSPACE = 0x08;
const CAN = 0x18;

export const CANCEL = new Uint8Array(2 * CANCELS).fill(CAN, 0, CANCELS).fill(BACKSPACE, CANCELS);
