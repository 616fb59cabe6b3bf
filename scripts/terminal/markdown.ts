/** Markdown for the generated parts of documents. */

export const code = (text: unknown): string => `\`${String(text).replaceAll("|", "\\|")}\``;

export const table = (columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
