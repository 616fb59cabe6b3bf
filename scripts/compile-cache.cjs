/**
 * Keeps V8's compiled code of every file that a command loads, so that the next start does not compile it again: CDKTF alone
 * has hundreds of files. Newer versions of Node can do this themselves.
 */
const { createHash, randomUUID } = require("node:crypto");
const { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { basename, dirname, join } = require("node:path");
const { Script } = require("node:vm");

/** One file for each command: an index of fixed length that says how long the JSON is, the JSON, then the code. */
const LENGTH_BYTES = 8;

const [HEAD, TAIL] = Module.wrapper;

const bytesAt = (file, position, length) => {
  const bytes = Buffer.allocUnsafe(length);
  if (readSync(file, bytes, 0, length, position) !== length)
    throw new Error("The cache is shorter than its index says");
  return bytes;
};

/** @returns by file name, what its source was and where its code is; empty where there is no whole cache */
const openCache = (path) => {
  try {
    const file = openSync(path);
    const start = LENGTH_BYTES + Number(bytesAt(file, 0, LENGTH_BYTES).readBigUInt64LE());
    const index = JSON.parse(bytesAt(file, LENGTH_BYTES, start - LENGTH_BYTES).toString());
    const codeBytes = Object.values(index).reduce((sum, { length }) => sum + length, 0);
    if (fstatSync(file).size !== start + codeBytes) throw new Error("The cache was cut");
    return {
      index,
      codeOf: ({ offset, length }) => bytesAt(file, start + offset, length),
      close: () => closeSync(file),
    };
  } catch {
    return { index: {}, codeOf: () => undefined, close: () => {} };
  }
};

/** A read-only or full disk costs time, nothing else. */
const writeCache = (path, entries) => {
  let offset = 0;
  const index = Object.fromEntries(
    entries.map(([name, digest, code]) => {
      const at = offset;
      offset += code.length;
      return [name, { digest, offset: at, length: code.length }];
    }),
  );
  const text = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(text.length));
  const temporary = `${path}.${randomUUID()}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, Buffer.concat([length, text, ...entries.map(([, , code]) => code)]));
    renameSync(temporary, path);
  } catch {
    // The next run compiles the files again.
  }
};

/** What Node passes to a CommonJS module as `require`. */
const requireOf = (module) => {
  const require = (name) => module.require(name);
  const resolve = (name, options) => Module._resolveFilename(name, module, false, options);
  resolve.paths = (name) => Module._resolveLookupPaths(name, module);
  return Object.assign(require, {
    resolve,
    main: process.mainModule,
    extensions: Module._extensions,
    cache: Module._cache,
  });
};

/** @param folder where the compiled code is kept */
exports.cacheCompiledCode = (folder) => {
  if (Module.enableCompileCache !== undefined) return Module.enableCompileCache(folder);
  if (process.argv[1] === undefined) return;

  const path = join(folder, `${basename(process.argv[1])}-${process.version}.bin`);
  const cache = openCache(path);
  /** Files that were compiled in this run. */
  const compiled = new Map();

  const compileNow = Module.prototype._compile;
  Module.prototype._compile = function (source, filename) {
    // Only Node itself can compile a file that imports at run time.
    if (source.includes("import(")) return compileNow.call(this, source, filename);
    const digest = createHash("sha1").update(source).digest("base64");
    const known = cache.index[filename];
    const cachedData = known?.digest === digest ? cache.codeOf(known) : undefined;
    const options = { filename, cachedData, columnOffset: -HEAD.length };
    const script = new Script(`${HEAD}${source.replace(/^#!.*/, "")}${TAIL}`, options);
    if (cachedData === undefined || script.cachedDataRejected) compiled.set(filename, { digest, script });
    return script
      .runInThisContext()
      .call(this.exports, this.exports, requireOf(this), this, filename, dirname(filename));
  };

  process.once("exit", () => {
    if (compiled.size > 0) {
      const kept = Object.entries(cache.index).filter(([name]) => !compiled.has(name));
      writeCache(path, [
        ...kept.map(([name, known]) => [name, known.digest, cache.codeOf(known)]),
        ...[...compiled].map(([name, { digest, script }]) => [name, digest, script.createCachedData()]),
      ]);
    }
    cache.close();
  });
};
