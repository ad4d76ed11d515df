/** Serial lines: the console's, others, what is typed at them, and file transfer over them. */
export { type FeederState, LineFeeder, type LineFeederOptions, type LinePace } from "./console.ts";
export { consolePort, Interrupted, PortReader, type SerialPort } from "./port.ts";
export { Uart } from "./uart.ts";
export { type FileHeader, headerData, LARGE, parseHeader, FILLER, SMALL } from "./ymodem/packet.ts";
export { type Outcome as TransferOutcome, Receiver } from "./ymodem/receive.ts";
export { YMODEM_ROWS, type YmodemContext } from "./ymodem/rows.ts";
export { CANCEL, Limit } from "./ymodem/limits.ts";
export { dismiss, DISMISS_TICKS, REQUEST, Sender } from "./ymodem/send.ts";
