/** Uploads and their variants as pictures. */
import { useSignal } from "@preact/signals";
import type { Upload, Variant } from "../protocol";
import { bytes, clockTime, duration, fileName, grouped, plural, share } from "./format";
import { Commands, Empty, Pill, ViewTitle } from "./parts";
import { objectUrl, post, rejected, sendFiles, sending, snapshot, uploads } from "./store";
import { Viewer, viewed } from "./viewer";

const DropZone = () => {
  const isOver = useSignal(false);
  const isBusy = useSignal(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    isOver.value = false;
    void sendFiles([...(event.dataTransfer?.files ?? [])]);
  };
  const samples = async () => {
    isBusy.value = true;
    await post("/api/samples");
    isBusy.value = false;
  };
  return (
    <section
      class={isOver.value ? "drop over" : "drop"}
      aria-label="Upload"
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => {
        isOver.value = false;
      }}
      onDrop={drop}
    >
      <p class="drop-title">Drop photos here</p>
      <div class="actions">
        <label class="button primary">
          Choose files
          <input
            type="file"
            class="hidden"
            multiple
            onChange={({ currentTarget }) => {
              void sendFiles([...(currentTarget.files ?? [])]);
              currentTarget.value = "";
            }}
          />
        </label>
        <button type="button" disabled={isBusy.value} onClick={() => void samples()}>
          {isBusy.value ? "Uploading …" : "Use the samples"}
        </button>
      </div>
      <Limits />
    </section>
  );
};

const Limits = () => {
  const { accepted } = snapshot.value ?? {};
  if (accepted === undefined) return null;
  return (
    <p class="muted">
      Accepted: JPEG, PNG, WebP, BMP or TIFF, at most {bytes(accepted.bytes)}, {grouped(accepted.pixels / 1_000_000)}{" "}
      million pixels, {grouped(accepted.sidePx)} px on a side
    </p>
  );
};

const VariantCard = ({ upload, variant }: { readonly upload: Upload; readonly variant: Variant }) => {
  const { name, widthPx, heightPx, sizeBytes, contentType, afterMs } = variant;
  return (
    <li class="variant">
      <button
        type="button"
        class="picture"
        aria-label={`Compare ${name} of ${fileName(upload.key)}`}
        onClick={() => {
          viewed.value = { id: upload.id, left: upload.isShown ? undefined : upload.variants[0]?.name, right: name };
        }}
      >
        <img src={objectUrl(upload.id, name, { preview: "1" })} alt="" loading="lazy" decoding="async" />
      </button>
      <p class="variant-name">{name}</p>
      <dl>
        <dt>Type</dt>
        <dd>{contentType.replace("image/", "")}</dd>
        <dt>Size</dt>
        <dd>{widthPx === undefined ? "–" : `${widthPx} × ${heightPx}`}</dd>
        <dt>Bytes</dt>
        <dd>{bytes(sizeBytes)}</dd>
        <dt>Share</dt>
        <dd>{share(sizeBytes, upload.sizeBytes)}</dd>
        <dt>After</dt>
        <dd>{duration(afterMs)}</dd>
      </dl>
      <meter
        class="share"
        min={0}
        max={1}
        value={Math.min(1, sizeBytes / Math.max(1, upload.sizeBytes))}
        aria-label={`Bytes of ${name} as a share of the upload`}
      />
    </li>
  );
};

const Attempts = ({ upload }: { readonly upload: Upload }) => (
  <ol class="attempts" aria-label="Attempts">
    {upload.attempts.map(({ requestId, number, startedMs, status = "running", error, durationMs }) => (
      <li key={`${requestId} ${number}`}>
        <span class="number">Attempt {number}</span> <Pill state={status} />{" "}
        <time class="number">{clockTime(startedMs)}</time>
        {durationMs !== undefined && <span class="number"> {duration(durationMs)}</span>}
        {error !== undefined && <span class="muted"> {error}</span>}
      </li>
    ))}
  </ol>
);

const FROM = {
  page: "from this page",
  fault: "by a fault",
  traffic: "healthy traffic",
  S3: "through S3",
} satisfies Record<Upload["by"], string>;

const UploadCard = ({ upload }: { readonly upload: Upload }) => {
  const { id, key, sizeBytes, atMs, by, state, reason, attempts, variants } = upload;
  return (
    <li class="card upload">
      <div class="card-head">
        <h2 title={key}>{fileName(key)}</h2>
        <Pill state={state} />
        <span class="muted number">
          {bytes(sizeBytes)} · <time>{clockTime(atMs)}</time> · {FROM[by]}
        </span>
        <a class="button small" href={`#/trace/${encodeURIComponent(id)}`}>
          Follow
          <span class="hidden"> {fileName(key)}</span>
        </a>
      </div>
      {reason !== undefined && <p class="reason">{reason}</p>}
      {state === "refused" && <Limits />}
      {(state === "failed" || state === "waiting" || attempts.length > 1) && <Attempts upload={upload} />}
      {(state === "queued" || state === "running") && variants.length === 0 && (
        <div class="loading" role="presentation" />
      )}
      {variants.length > 0 && (
        <ul class="variants">
          {variants.map((variant) => (
            <VariantCard key={variant.name} upload={upload} variant={variant} />
          ))}
        </ul>
      )}
    </li>
  );
};

const Sending = () => (
  <>
    {sending.value.map(({ id, name, share: done }) => (
      <li key={id} class="card upload">
        <div class="card-head">
          <h2>{name}</h2>
          <progress value={done} aria-label={`Upload of ${name}`} />
        </div>
      </li>
    ))}
    {rejected.value.map(({ id, name, reason }) => (
      <li key={id} class="card upload">
        <div class="card-head">
          <h2>{name}</h2>
          <span class="pill bad">not uploaded</span>
        </div>
        <p class="reason">{reason}</p>
        <Limits />
      </li>
    ))}
  </>
);

const Introduction = () => (
  <Empty title="Upload a photo to see its variants">
    <ol class="steps">
      <li>
        <strong>Upload.</strong> This machine runs the stack that would be deployed: the Lambda package makes the
        variants.
      </li>
      <li>
        <strong>Follow.</strong> See the log lines of one upload, and the metrics that filters make of them.
      </li>
      <li>
        <strong>Break.</strong> Let S3 fail or the memory run out, and see which alarms fire and who is notified.
      </li>
    </ol>
  </Empty>
);

export const Photos = () => {
  const count = uploads.value.length;
  const limit = snapshot.value?.limits.uploads ?? 0;
  const isEmpty = count + sending.value.length + rejected.value.length === 0;
  const letters = snapshot.value?.deadLetters ?? 0;
  return (
    <>
      <ViewTitle title="Photos">
        <span class="muted number">
          {plural(count, "upload")}; the last {limit} are kept
        </span>
      </ViewTitle>
      <DropZone />
      {letters > 0 && (
        <p class="notice busy">
          The dead-letter queue holds {plural(letters, "message")}.
          <button type="button" class="small" onClick={() => void post("/api/redrive")}>
            Redrive
          </button>
        </p>
      )}
      {isEmpty ? (
        <Introduction />
      ) : (
        <ul class="uploads" aria-label="Uploads, newest first">
          <Sending />
          {uploads.value.map((upload) => (
            <UploadCard key={upload.id} upload={upload} />
          ))}
        </ul>
      )}
      <Commands ids={["upload", "uploadAws", "smoke", "redrive"]} />
      <Viewer />
    </>
  );
};
