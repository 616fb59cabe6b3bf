/** A worker that answers, hangs or dies on request. */
process.on("message", ({ bytes }: { readonly bytes: Uint8Array }) => {
  const wish = Buffer.from(bytes).toString();
  if (wish === "hang") for (;;);
  if (wish === "exit") process.exit(7);
  if (wish === "abort") process.abort();
  process.send?.({ outcome: "made", detail: "", ms: 0, peakBytes: 0 });
});
process.send?.("ready");
