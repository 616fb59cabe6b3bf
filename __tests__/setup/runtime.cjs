/**
 * Jest's runtime, except for two things that take most of the CPU time of a suite of many small files:
 * Node itself loads the packages of node_modules, once for each worker and not once for each test file; and each source is
 * transformed and compiled once for each worker. Sources are still evaluated anew for each test file.
 */
const { statSync } = require("node:fs");
const { createRequire, isBuiltin } = require("node:module");
const { Script } = require("node:vm");
const { default: Runtime } = require("jest-runtime");
const { imported } = require("./es-packages.cjs");

const isPackage = (name) => /^[@\w]/.test(name) && !isBuiltin(name);

/** By file: the source that was compiled, and the result, which can run in the context of any test file. */
const scripts = new Map();

const compiled = (source, filename, parameters) => {
  const known = scripts.get(filename);
  if (known?.source === source) return known.script;
  const head = `(function(${parameters.join(",")}){`;
  // Columns of the first line count from where the source begins.
  const script = new Script(`${head}${source}\n})`, { filename, columnOffset: -head.length });
  scripts.set(filename, { source, script });
  return script;
};

/** By file: the result, and the time of the last change that it belongs to, because `jest --watch` runs again. */
const transformed = new Map();

const cacheTransforms = (cache) => {
  const transform = cache.transform.bind(cache);
  cache.transform = (filename, options) => {
    const kind = `${options?.isInternalModule === true} ${filename}`;
    const { mtimeMs } = statSync(filename);
    const known = transformed.get(kind);
    if (known?.mtimeMs !== mtimeMs) {
      const code = transform(filename, options);
      transformed.set(kind, {
        mtimeMs,
        code,
        file: cache.transforms.get(filename),
        map: cache.sourceMaps.get(filename),
      });
      return code;
    }
    if (known.file !== undefined) cache.transforms.set(filename, known.file);
    if (known.map !== undefined) cache.sourceMaps.set(filename, known.map);
    return known.code;
  };
};

const cacheScripts = (executor) => {
  const compile = executor.compile.bind(executor);
  executor.compile = (source, filename) => {
    const context = executor.environment.getVmContext();
    if (context === null || isBuiltin(filename)) return compile(source, filename);
    try {
      return compiled(source, filename, executor.injectedModuleParameters).runInContext(context);
    } catch {
      // Jest explains the mistake.
      return compile(source, filename);
    }
  };
};

module.exports = class extends Runtime {
  constructor(...args) {
    super(...args);
    cacheTransforms(this.transformCache);
    cacheScripts(this.executor);
  }

  requireModule(from, name, ...rest) {
    // Jest's own modules share the built-ins of the test file.
    if (name === undefined || from.includes("/node_modules/") || !isPackage(name))
      return super.requireModule(from, name, ...rest);
    return imported.get(name) ?? createRequire(from)(name);
  }
};
