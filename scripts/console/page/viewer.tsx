/** A large view of one upload: two variants over each other, with a line between them that moves. */
import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Upload } from "../protocol";
import { bytes, fileName } from "./format";
import { objectUrl, uploads } from "./store";

/** `left` and `right` are names of variants; undefined is the upload itself. */
export const viewed = signal<{ readonly id: string; readonly left?: string; readonly right?: string } | undefined>(
  undefined,
);

const UPLOAD = "the upload";

const Side = ({ side, upload }: { readonly side: "left" | "right"; readonly upload: Upload }) => {
  const names = [...(upload.isShown ? [UPLOAD] : []), ...upload.variants.map(({ name }) => name)];
  const chosen = viewed.value?.[side];
  const variant = upload.variants.find(({ name }) => name === chosen);
  return (
    <div class={`side ${side}`}>
      <label>
        <span class="label">{side === "left" ? "Left" : "Right"}</span>
        <select
          value={chosen ?? UPLOAD}
          onChange={({ currentTarget: { value } }) => {
            if (viewed.value !== undefined)
              viewed.value = { ...viewed.value, [side]: value === UPLOAD ? undefined : value };
          }}
        >
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <span class="muted number">
        {variant?.widthPx !== undefined && `${variant.widthPx} × ${variant.heightPx} px, `}
        {bytes(variant?.sizeBytes ?? upload.sizeBytes)}
      </span>
      <a class="button small" href={objectUrl(upload.id, chosen, { save: "1" })} download="">
        Download<span class="hidden"> {chosen ?? UPLOAD}</span>
      </a>
    </div>
  );
};

export const Viewer = () => {
  const dialog = useRef<HTMLDialogElement>(null);
  const wipe = useSignal(50);
  const choice = viewed.value;
  const upload = uploads.value.find(({ id }) => id === choice?.id);
  const isOpen = choice !== undefined && upload !== undefined;
  useEffect(() => {
    if (isOpen && dialog.current?.open === false) dialog.current.showModal();
    if (!isOpen) dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label="Compare two variants"
      onClose={() => {
        viewed.value = undefined;
      }}
    >
      {choice !== undefined && upload !== undefined && (
        <>
          <div class="viewer-head">
            <h2>{fileName(upload.key)}</h2>
            <button type="button" onClick={() => dialog.current?.close()}>
              Close
            </button>
          </div>
          <div class="compare">
            <img
              src={objectUrl(upload.id, choice.right)}
              alt={`${choice.right ?? UPLOAD} of ${fileName(upload.key)}`}
            />
            <img
              class="over"
              src={objectUrl(upload.id, choice.left)}
              alt={`${choice.left ?? UPLOAD} of ${fileName(upload.key)}`}
              style={{ clipPath: `inset(0 ${100 - wipe.value}% 0 0)` }}
            />
            <span class="wipe-line" style={{ left: `${wipe.value}%` }} />
            <input
              type="range"
              class="wipe"
              min={0}
              max={100}
              value={wipe.value}
              aria-label="Wipe between left and right"
              onInput={({ currentTarget }) => {
                wipe.value = Number(currentTarget.value);
              }}
            />
          </div>
          <div class="sides">
            <Side side="left" upload={upload} />
            <Side side="right" upload={upload} />
          </div>
        </>
      )}
    </dialog>
  );
};
