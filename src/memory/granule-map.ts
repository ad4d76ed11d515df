import { IntMap } from "./int-map.ts";

/** Granules of a page, as a shift. */
const PAGE_SHIFT = 6;
const PAGE = 1 << PAGE_SHIFT;

interface Page<V> {
  readonly values: (V | undefined)[];
  used: number;
}

/**
 * What is known of some granules. Neighbours lie together: a red zone has dozens of them, and with a thousand threads each slot of a hash
 * table would be a miss of the host's cache.
 */
export class GranuleMap<V extends object> {
  size = 0;
  private readonly pages = new IntMap<Page<V>>();

  get(granule: number): V | undefined {
    return this.pages.get(granule >>> PAGE_SHIFT)?.values[granule & (PAGE - 1)];
  }

  has(granule: number): boolean {
    return this.get(granule) !== undefined;
  }

  set(granule: number, value: V): void {
    const key = granule >>> PAGE_SHIFT;
    let page = this.pages.get(key);
    if (page === undefined) {
      page = { values: new Array<undefined>(PAGE).fill(undefined), used: 0 };
      this.pages.set(key, page);
    }
    const at = granule & (PAGE - 1);
    if (page.values[at] === undefined) {
      page.used++;
      this.size++;
    }
    page.values[at] = value;
  }

  delete(granule: number): void {
    const key = granule >>> PAGE_SHIFT;
    const page = this.pages.get(key);
    const at = granule & (PAGE - 1);
    if (page?.values[at] === undefined) return;
    page.values[at] = undefined;
    this.size--;
    if (--page.used === 0) this.pages.delete(key);
  }

  /** The granules, in no order. */
  *keys(): Generator<number> {
    for (const key of this.pages.keys()) {
      const { values } = this.pages.get(key) as Page<V>;
      for (let at = 0; at < PAGE; at++) if (values[at] !== undefined) yield key * PAGE + at;
    }
  }
}
