/** What waits for the other end of a serial line. */
import { expect, test } from "bun:test";
import { Backlog } from "../../src/cli/serial/link.ts";
import { SocketLink } from "../../src/cli/serial/socket.ts";

const text = (bytes: readonly number[] | Uint8Array): string =>
  Buffer.from(bytes).toString("latin1");

test("what is printed character by character is sent in large pieces", () => {
  const backlog = new Backlog();
  for (let n = 0; n < 100_000; n++) backlog.push(Uint8Array.of(n & 0xff));
  let pieces = 0;
  let next = 0;
  for (let piece = backlog.first; piece; piece = backlog.first) {
    pieces++;
    for (const byte of piece) expect(byte).toBe(next++ & 0xff);
    backlog.drop(piece.length);
  }
  expect(next).toBe(100_000);
  expect(pieces).toBeLessThan(50);
});

test("pushed, taken in parts and let go at random, it is a queue", () => {
  let state = 20261123;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
  for (let round = 0; round < 4; round++) {
    const backlog = new Backlog();
    let model: number[] = [];
    for (let step = 0; step < 400; step++) {
      const what = random(10);
      if (what < 6) {
        const size = random(3) === 0 ? random(6000) : random(5);
        const bytes = Uint8Array.from({ length: size }, () => random(256));
        backlog.push(bytes);
        model.push(...bytes);
        bytes.fill(0);
      } else if (what < 9) {
        const piece = backlog.first;
        expect(piece === undefined).toBe(model.length === 0);
        if (!piece) continue;
        expect(text(piece)).toBe(text(model.slice(0, piece.length)));
        const taken = random(piece.length + 1);
        backlog.drop(taken);
        model = model.slice(taken);
      } else if (random(20) === 0) {
        backlog.clear();
        model = [];
      }
      expect(backlog.length).toBe(model.length);
    }
  }
});

test("for nobody the newest is kept", () => {
  const backlog = new Backlog();
  for (let n = 0; n < 3000; n++) backlog.push(Buffer.from(`line ${n}\n`), 10_000);
  const kept: string[] = [];
  for (let piece = backlog.first; piece; piece = backlog.first) {
    kept.push(text(piece));
    backlog.drop(piece.length);
  }
  const said = kept.join("");
  expect(said.length).toBeWithin(5000, 10_001);
  expect(said).toEndWith("line 2998\nline 2999\n");
});

test("what was printed before the line is closed arrives", async () => {
  const link = SocketLink.tcp("127.0.0.1", 0);
  let seen = "";
  const { promise, resolve } = Promise.withResolvers<void>();
  const client = await Bun.connect({
    hostname: "127.0.0.1",
    port: Number(link.where.split(":").at(-1)),
    socket: {
      data: (_client, bytes) => {
        seen += text(bytes);
      },
      close: () => resolve(),
    },
  });
  link.write(Buffer.from("ready"));
  while (seen !== "ready") await Bun.sleep(1);
  for (const character of "last words") link.write(Buffer.from(character));
  link.close();
  await promise;
  client.end();
  expect(seen).toBe("readylast words");
});
