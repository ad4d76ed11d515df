import type { a32, Handlers, thumb16, thumb32 } from "../decode/mod.ts";
import type { Builder } from "../ir/builder.ts";
import { a32Branch, thumb16Branch, thumb32Branch } from "./branch.ts";
import {
  a32DataProcessing,
  thumb16DataProcessing,
  thumb32DataProcessing,
} from "./data-processing.ts";
import { a32Exclusive, thumb32Exclusive } from "./exclusive.ts";
import { a32Multiple, thumb16Multiple, thumb32Multiple } from "./load-store-multiple.ts";
import { a32LoadStore, thumb16LoadStore, thumb32LoadStore } from "./load-store.ts";
import { a32Media, thumb16Media, thumb32Media } from "./media.ts";
import { a32Multiply, thumb16Multiply, thumb32Multiply } from "./multiply.ts";
import { a32System, thumb16System, thumb32System } from "./system.ts";
import { a32Float, thumb32Float } from "./vfp.ts";

// A row without handler does not compile.

export const thumb16Handlers: Handlers<typeof thumb16, Builder> = {
  ...thumb16DataProcessing,
  ...thumb16Multiply,
  ...thumb16Media,
  ...thumb16LoadStore,
  ...thumb16Multiple,
  ...thumb16Branch,
  ...thumb16System,
};

export const thumb32Handlers: Handlers<typeof thumb32, Builder> = {
  ...thumb32DataProcessing,
  ...thumb32Multiply,
  ...thumb32Media,
  ...thumb32LoadStore,
  ...thumb32Multiple,
  ...thumb32Exclusive,
  ...thumb32Branch,
  ...thumb32System,
  ...thumb32Float,
};

export const a32Handlers: Handlers<typeof a32, Builder> = {
  ...a32DataProcessing,
  ...a32Multiply,
  ...a32Media,
  ...a32LoadStore,
  ...a32Multiple,
  ...a32Exclusive,
  ...a32Branch,
  ...a32System,
  ...a32Float,
};
