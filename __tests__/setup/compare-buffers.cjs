/**
 * Compares buffers at once in `toEqual` and its like: Jest compares them byte by byte, which takes half a second for the
 * pixels of a small picture.
 */
expect.addEqualityTesters([
  (one, other) => (Buffer.isBuffer(one) && Buffer.isBuffer(other) ? one.equals(other) : undefined),
]);
