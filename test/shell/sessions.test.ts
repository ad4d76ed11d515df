import { expect, test } from "bun:test";
import { FakeBoard } from "./fake.ts";
import { maskDate, recording } from "./recording.ts";

/** Sessions that need no files: keys, history, long lines. */
for (const name of ["17-history", "p-history", "18-long", "p-longline"]) {
  test(`keys and echo of the recorded session ${name}`, () => {
    const { steps } = recording(name);
    const board = new FakeBoard({ "/": ["t_args.mo"], "/dir": ["in.txt", "sub"] });
    // The session is about keys; the heap figures are the real board's.
    board.lists.set(
      "free",
      "total memory: 7877068\nused memory : 12876\nmaximum allocated memory: 15092\n",
    );
    expect(board.received()).toBe("msh />");
    for (const { typed, received } of steps) {
      const skipped = received.replace(/msh \/>argc=[^]*$/, "msh />");
      // Listing a directory with its kinds and sizes is not the fake board's.
      if (received.includes("Directory ")) continue;
      expect([typed, maskDate(board.type(typed))]).toEqual([typed, maskDate(skipped)]);
    }
  });
}
