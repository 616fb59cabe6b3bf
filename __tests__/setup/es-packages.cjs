/**
 * Packages that Node 20 cannot `require`, because they are ES modules: Node imports them once for each worker, before its
 * first test file. To add one, add a name.
 */
const NAMES = ["fauxqs", "thumbhash"];

/** Namespaces by name. */
const imported = new Map();

/** Imports what is not imported yet. Call it before a test file runs, because a test file requires packages at once. */
const importPackages = async () => {
  for (const name of NAMES) if (!imported.has(name)) imported.set(name, await import(name));
};

module.exports = { imported, importPackages };
