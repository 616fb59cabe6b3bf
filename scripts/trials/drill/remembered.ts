/** Makes something once for each key. */

interface Memory<K, T> {
  get(key: K): T | undefined;
  set(key: K, value: T): unknown;
}

/** @returns what the memory holds for the key; makes and keeps it the first time */
export const remembered = <K, T>(memory: Memory<K, T>, key: K, make: () => T): T => {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  return made;
};
