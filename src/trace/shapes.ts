import type { Names } from "./constants.ts";

/** What a pointer leads to, other than text. */
export type Structure =
  | "timespec"
  | "timeval"
  | "itimerspec"
  | "stat"
  | "dirent"
  | "pollfd"
  | "fd_set"
  | "mq_attr"
  | "iovec";

/** How an argument or a result of an exported function is shown. */
export type Shape =
  | {
      readonly kind:
        | "void"
        | "pointer"
        /** Bytes that are given away, when their length follows. */
        | "input"
        | "string"
        | "function"
        | "unsigned"
        | "signed"
        | "hex"
        | "octal"
        /** rt_err_t. */
        | "error"
        /** -1 with errno. */
        | "posix"
        /** NULL with errno. */
        | "posix pointer"
        /** 0 or a number of errno.h. */
        | "errno"
        /** Ticks, of which -1 is for ever. */
        | "time"
        /** Known after the call: a string that the call has written. */
        | "text out";
    }
  /** A kernel object with a name; its class, 0 for any. */
  | { readonly kind: "object"; readonly cls: number }
  /** Two words, in an even pair. */
  | { readonly kind: "long"; readonly signed: boolean }
  /** A number with a name. */
  | { readonly kind: "named"; readonly names: Names }
  /** Known after the call: bytes, as many as the result says; `whole`: as parameter `length` says, if the result is 0. */
  | { readonly kind: "received"; readonly length: number; readonly whole: boolean }
  /** Known after the call: words at an address. */
  | { readonly kind: "words out"; readonly count: number; readonly shape: Shape }
  /** A structure; `out`: as the call has left it. `count`: the parameter with the number of them. */
  | {
      readonly kind: "structure";
      readonly of: Structure;
      readonly out: boolean;
      readonly count?: number;
    }
  /** Whatever follows. */
  | { readonly kind: "more" }
  /** One more word, when the parameter before has one of these bits (`some`) or is one of these values. */
  | {
      readonly kind: "more when";
      readonly some?: number;
      readonly cases?: ReadonlyMap<number, Shape>;
      readonly shape?: Shape;
    };
