/** 64 KiB: a multiple of every sector size, small enough that a 64 MiB disk with a few files stays small. */
const CHUNK_SHIFT = 16;
const CHUNK = 1 << CHUNK_SHIFT;

/** Bytes of which only written 64 KiB chunks take memory; the others read as zeros. */
export class SparseBytes {
  private readonly chunks = new Map<number, Uint8Array>();

  read(offset: number, into: Uint8Array): void {
    for (let done = 0; done < into.length;) {
      const [chunk, start, length] = this.locate(offset + done, into.length - done);
      if (chunk) into.set(chunk.subarray(start, start + length), done);
      else into.fill(0, done, done + length);
      done += length;
    }
  }

  write(offset: number, from: Uint8Array): void {
    for (let done = 0; done < from.length;) {
      let [chunk, start, length] = this.locate(offset + done, from.length - done);
      const piece = from.subarray(done, done + length);
      if (!chunk && !isZero(piece)) {
        chunk = new Uint8Array(CHUNK);
        this.chunks.set(Math.floor((offset + done) / CHUNK), chunk);
      }
      chunk?.set(piece, start);
      done += length;
    }
  }

  /** Bytes of memory in use. */
  get allocated(): number {
    return this.chunks.size * CHUNK;
  }

  private locate(offset: number, left: number): [Uint8Array | undefined, number, number] {
    const start = offset % CHUNK;
    return [this.chunks.get(Math.floor(offset / CHUNK)), start, Math.min(left, CHUNK - start)];
  }
}

const ZEROS = new Uint8Array(CHUNK);

function isZero(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, ZEROS.subarray(0, bytes.length)) === 0;
}
