/** The upload API: its routes, and the requests that it has answered. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { RequestView } from "../protocol";
import { clockTime, grouped } from "./format";
import { Commands, Empty, Pill, ViewTitle } from "./parts";
import { ask, snapshot } from "./store";

const EVERY_MS = 1_000;

const CALLERS: Readonly<Record<string, string>> = {
  AWS_IAM: "Callers sign with AWS credentials.",
  JWT: "Callers send a token of the issuer.",
  NONE: "Anyone may call it.",
};

const stateOf = (status: number): string => (status < 400 ? "OK" : status < 500 ? "refused" : "failed");

const Requests = ({ requests }: { readonly requests: readonly RequestView[] }) => (
  <table aria-label="Requests, newest first">
    <thead>
      <tr>
        <th scope="col">Time</th>
        <th scope="col">Request</th>
        <th scope="col">Status</th>
        <th scope="col" class="number">
          Duration
        </th>
      </tr>
    </thead>
    <tbody>
      {requests.map(({ id, atMs, method, path, status, durationMs }) => (
        <tr key={id}>
          <td class="number">{clockTime(atMs)}</td>
          <td class="breaks">
            {method} {path}
          </td>
          <td>
            {status} <Pill state={stateOf(status)} />
          </td>
          <td class="number">{grouped(Math.round(durationMs))} ms</td>
        </tr>
      ))}
    </tbody>
  </table>
);

export const UploadApi = () => {
  const requests = useSignal<readonly RequestView[] | undefined>(undefined);
  const { uploadApi, environment } = snapshot.value ?? {};
  const url = uploadApi?.url;
  useEffect(() => {
    if (url === undefined) return;
    const load = async () => {
      requests.value = (await ask<RequestView[]>("/api/requests")) ?? requests.value;
    };
    void load();
    const timer = setInterval(load, EVERY_MS);
    return () => clearInterval(timer);
  }, [url, environment]);
  if (uploadApi === undefined) {
    return (
      <>
        <ViewTitle title="API" />
        <Empty title="This environment has no upload API">
          <p class="muted">enable_upload_api is false.</p>
        </Empty>
      </>
    );
  }
  const all = requests.value ?? [];
  return (
    <>
      <ViewTitle title="API">
        <span class="muted">
          {uploadApi.url}. {CALLERS[uploadApi.authorization]} Links that were issued are in{" "}
          <a href="#/records">Records</a>, in the state issued until they are used.
        </span>
      </ViewTitle>
      <ul class="muted" aria-label="Routes">
        {uploadApi.routes.map(({ route, perSecond, burst }) => (
          <li key={route}>
            {route}
            {perSecond !== undefined && `: ${grouped(perSecond)} requests per second, ${grouped(burst ?? 0)} at once`}
          </li>
        ))}
      </ul>
      {requests.value === undefined ? (
        <div class="loading" role="presentation" />
      ) : all.length === 0 ? (
        <Empty title="No requests yet">
          <p class="muted">Upload a picture with the command below.</p>
        </Empty>
      ) : (
        <Requests requests={all} />
      )}
      <Commands ids={["direct", "directAws"]} />
    </>
  );
};
