/** A queue by time: what is added can be taken out once its time has come. */
export class PendingData<T> {
  /** Those from `#first` on are still in the queue. */
  #entries: { readonly atMs: number; readonly item: T }[] = [];
  #first = 0;
  #isSorted = true;

  add(atMs: number, item: T): void {
    const last = this.#entries.at(-1);
    if (last !== undefined && last.atMs > atMs) this.#isSorted = false;
    this.#entries.push({ atMs, item });
  }

  /** @returns the items up to a time, that time included, earliest first; items of one time in the order they were added */
  takeUntil(atMs: number): T[] {
    if (!this.#isSorted) {
      // Data arrive nearly in order, which is the case that this sort is fast for.
      this.#entries = this.#entries.slice(this.#first).sort((one, other) => one.atMs - other.atMs);
      this.#first = 0;
      this.#isSorted = true;
    }
    const taken: T[] = [];
    for (let next = this.#entries[this.#first]; next !== undefined && next.atMs <= atMs; ) {
      taken.push(next.item);
      this.#first += 1;
      next = this.#entries[this.#first];
    }
    if (this.#first > this.#entries.length / 2) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    return taken;
  }
}
