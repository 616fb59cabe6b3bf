/**
 * Lets Node run the project's TypeScript: `node --require ./scripts/typescript.cjs <file>.ts`.
 * Each file is transpiled once and kept in .cache/typescript until it changes. Imports are evaluated at their first use,
 * so that a command loads only what it needs: `--help` loads no AWS client, and a drill no Terraform.
 */
const { createHash, randomUUID } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join, relative } = require("node:path");
const { cacheCompiledCode } = require("./compile-cache.cjs");

const ROOT = join(__dirname, "..");
const CACHE = join(ROOT, ".cache", "typescript");

cacheCompiledCode(join(ROOT, ".cache", "compiled"));
const PREFIX = "//# sourceMappingURL=data:application/json;base64,";

const digest = (...texts) => texts.reduce((hash, text) => hash.update(text), createHash("sha256")).digest("hex");

/** Changes with everything but the source that the output depends on. */
const TRANSPILER = digest(readFileSync(__filename), require("@swc/core/package.json").version);

/** The handler sets up sharp for the whole process, so it is loaded at once with the file that imports it. */
const HANDLER = /\bhandler\/src\//;

const lazyImports = (source, file) =>
  HANDLER.test(file)
    ? []
    : [...source.matchAll(/\bfrom "([^"]+)"/g)].map(([, name]) => name).filter((name) => !HANDLER.test(name));

const transpile = (source, file) => {
  // Node's import() would not find TypeScript; packages keep it, because some are ES modules only.
  const local = source.replaceAll(/\bawait import\(("\.[^"]+)\.js"\)/g, 'await require($1")');
  const { code, map } = require("@swc/core").transformSync(local, {
    filename: file,
    sourceMaps: true,
    swcrc: false,
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "commonjs", lazy: lazyImports(source, file), ignoreDynamic: true },
  });
  return `${code}\n${PREFIX}${Buffer.from(map).toString("base64")}`;
};

const readCached = (file, key) => {
  try {
    const text = readFileSync(file, "utf8");
    return text.endsWith(key) ? text : undefined;
  } catch {
    return undefined;
  }
};

/** A read-only or full disk costs time, nothing else. */
const writeCached = (file, text) => {
  const temporary = `${file}.${randomUUID()}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch {
    // The next run transpiles the file again.
  }
};

const compiled = (file) => {
  const source = readFileSync(file, "utf8");
  const cached = join(CACHE, `${relative(ROOT, file).replaceAll("..", "_")}.js`);
  const key = `\n// ${digest(TRANSPILER, source)}\n`;
  const found = readCached(cached, key);
  if (found !== undefined) return found;
  const text = transpile(source, file) + key;
  writeCached(cached, text);
  return text;
};

/** Transpiled text by file, for stack traces. */
const texts = new Map();
const sourceMaps = new Map();

const load = (module, file) => {
  const text = compiled(file);
  texts.set(file, text);
  module._compile(text, file);
};

/** Where one name has two files, as results.ts and results.json, the TypeScript is meant: Node tries extensions in order. */
const { ".js": js, ...others } = Module._extensions;
for (const extension of Object.keys(others)) delete Module._extensions[extension];
Object.assign(Module._extensions, { ".js": js, ".ts": load, ...others });

/**
 * CDKTF imports a program that zips folders, which takes more time than the rest of CDKTF. It is loaded at its first use:
 * no asset of this project is a folder. Zod imports its messages in 50 languages; the project reads none of them.
 */
const loadNow = Module._load;
const INSTEAD = {
  archiver:
    (...request) =>
    (...args) =>
      loadNow(...request)(...args),
  "../locales/index.cjs": () => ({}),
};
Module._load = (name, ...rest) =>
  Object.hasOwn(INSTEAD, name) ? INSTEAD[name](name, ...rest) : loadNow(name, ...rest);

const sourceMapOf = (file) => {
  if (!sourceMaps.has(file)) {
    const text = texts.get(file);
    const [base64] = text.slice(text.lastIndexOf(PREFIX) + PREFIX.length).split("\n");
    sourceMaps.set(file, new Module.SourceMap(JSON.parse(Buffer.from(base64, "base64").toString())));
  }
  return sourceMaps.get(file);
};

/** Line and column count from 1 in V8's frames, from 0 in source maps. */
const frame = (site) => {
  const [file, line, column] = [site.getFileName(), site.getLineNumber(), site.getColumnNumber()];
  if (!texts.has(file)) return `${site}`;
  const { originalLine, originalColumn } = sourceMapOf(file).findEntry(line - 1, column - 1);
  if (originalLine === undefined) return `${site}`;
  return `${site}`.replace(`:${line}:${column}`, `:${originalLine + 1}:${originalColumn + 1}`);
};

// Node's own --enable-source-maps would read the map of every package too, which takes longer than a command may.
Error.prepareStackTrace = (error, sites) => [error, ...sites.map((site) => `    at ${frame(site)}`)].join("\n");
