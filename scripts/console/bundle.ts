/** The page as files: bundled from its sources when the console starts. */
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

interface PageFile {
  readonly contentType: string;
  readonly gzipped: Buffer;
  /** How long esbuild took, for the header Server-Timing. */
  readonly bundleMs: number;
}

/** Files by path: `/`, `/page.js`, `/page.css`, `/icon.svg`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const HTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Image processor console</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/page.css">
<body>
<div id="page"><p class="starting">Starting …</p></div>
<script type="module" src="/page.js"></script>
</body>
</html>
`;

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0b5fc0"/><path d="M2.5 12 6 7l2.5 3 2-2.4 3 4.4z" fill="#fff"/><circle cx="11" cy="4.6" r="1.6" fill="#fff"/></svg>`;

const TYPES = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8" };

/** @throws Error of esbuild */
export const bundlePage = async (): Promise<PageFiles> => {
  const startedAt = performance.now();
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: { page: join(__dirname, "page/main.tsx") },
    outdir: "/",
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "silent",
  });
  const bundleMs = performance.now() - startedAt;
  const texts = [
    ["/", "text/html; charset=utf-8", HTML],
    ["/icon.svg", "image/svg+xml", ICON],
    ...outputFiles.map(({ path, text }) => {
      const extension = path.endsWith(".css") ? "css" : "js";
      return [`/page.${extension}`, TYPES[extension], text] as const;
    }),
  ] as const;
  const compress = promisify(gzip);
  const files = texts.map(async ([path, contentType, text]) => {
    return [path, { contentType, gzipped: await compress(text), bundleMs }] as const;
  });
  return new Map(await Promise.all(files));
};
