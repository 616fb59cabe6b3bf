/** A priority queue by time: what is added can be taken out once its time has come. */
export class PendingData<T> {
  /** A binary heap: no item is later than the two at twice its index, plus one and plus two. */
  readonly #heap: { readonly atMs: number; readonly order: number; readonly item: T }[] = [];
  #added = 0;

  add(atMs: number, item: T): void {
    const entry = { atMs, order: this.#added, item };
    this.#added += 1;
    let index = this.#heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  /** @returns the items up to a time, that time included, earliest first; items of one time in the order they were added */
  takeUntil(atMs: number): T[] {
    const taken: T[] = [];
    for (let first = this.#heap[0]; first !== undefined && first.atMs <= atMs; first = this.#heap[0]) {
      taken.push(first.item);
      this.#removeFirst();
    }
    return taken;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      const least = this.#isBefore(child, index) ? child : index;
      if (least === index) return;
      this.#swap(index, least);
      index = least;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [left, right] = [this.#heap[one], this.#heap[other]];
    if (left === undefined || right === undefined) return false;
    return left.atMs === right.atMs ? left.order < right.order : left.atMs < right.atMs;
  }

  #swap(one: number, other: number): void {
    const [left, right] = [this.#heap[one], this.#heap[other]];
    if (left === undefined || right === undefined) return;
    this.#heap[one] = right;
    this.#heap[other] = left;
  }
}
