import { expect, test } from "bun:test";
import { ReturnAddresses } from "../../src/dlmodule/return-addresses.ts";
import type { Module } from "../../src/dlmodule/module.ts";
import type { Registry } from "../../src/dlmodule/registry.ts";

/** BL, and an instruction that is none (ARM ARM A8.8.25, A8.8.104). */
const [BL, MOV] = [0xeb000010, 0xe1a00000];

test("whose a return address is follows the modules that come and go", () => {
  const [first, second] = [{ name: "first" }, { name: "second" }] as Module[];
  const code = new Map([[0x6000_0ffc, BL]]);
  const registry = { changes: 1, containing: (): Module | undefined => first };
  const returns = new ReturnAddresses(
    { word: (at) => code.get(at), half: () => undefined },
    registry as unknown as Registry,
  );
  const change = (module: Module | undefined, word: number) => {
    registry.changes++;
    registry.containing = () => module;
    code.set(0x6000_0ffc, word);
  };
  expect(returns.into(0x6000_1000)).toBe(first);
  expect(returns.into(0x6000_1000)).toBe(first);
  change(second, BL);
  expect(returns.into(0x6000_1000)).toBe(second);
  // Another module lies there, and its word is no call.
  change(first, MOV);
  expect(returns.into(0x6000_1000)).toBeUndefined();
  change(undefined, BL);
  expect(returns.into(0x6000_1000)).toBeUndefined();
  // An address that shares the entry of one that is known.
  change(first, BL);
  expect(returns.into(0x6000_1000)).toBe(first);
  expect(returns.into(0x6000_1000 + 128)).toBeUndefined();
});
