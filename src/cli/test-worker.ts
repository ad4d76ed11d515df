import { firmwareImage } from "./assets.ts";
import { writeAll } from "./output.ts";
import { hostBytes } from "./settings.ts";
import { followParent } from "./test-parent.ts";
import { execute, load } from "./test-run.ts";
import type { Answer, Job } from "./test-pool.ts";

/** A process of --jobs: a job on each line of stdin, an answer on each line of stdout. */
export async function work(): Promise<number> {
  followParent();
  let firmware: Uint8Array | undefined;
  for await (const line of console) {
    if (line === "") continue;
    const job = JSON.parse(line) as Job;
    firmware ??= job.firmware === undefined ? firmwareImage() : hostBytes(job.firmware);
    const answer: Answer = {
      index: job.index,
      result: execute(load(job.ref, firmware), job.settings),
    };
    writeAll(1, new TextEncoder().encode(`${JSON.stringify(answer)}\n`));
  }
  return 0;
}
