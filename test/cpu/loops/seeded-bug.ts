/** A bug as somebody might write it into the translator. */
export interface SeededBug {
  readonly name: string;
  readonly file: string;
  /** Text of the file that becomes `to`; it is there once. */
  readonly from: string;
  readonly to: string;
  /** Test files that are run when random loops do not find it. */
  readonly tests?: readonly string[];
}
