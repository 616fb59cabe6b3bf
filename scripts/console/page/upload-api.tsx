/** The upload API: its routes, and the requests that it has answered. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { RequestView, Snapshot } from "../protocol";
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

type Route = NonNullable<Snapshot["uploadApi"]>["routes"][number];

const limit = (count: number | undefined): string => (count === undefined ? "no limit" : grouped(count));

const Routes = ({ routes }: { readonly routes: readonly Route[] }) => (
  <table class="card" aria-label="Routes">
    <thead>
      <tr>
        <th scope="col">Route</th>
        <th scope="col" class="end">
          Requests per second
        </th>
        <th scope="col" class="end">
          At once
        </th>
      </tr>
    </thead>
    <tbody>
      {routes.map(({ route, perSecond, burst }) => (
        <tr key={route}>
          <td class="wraps">{route}</td>
          <td class="end">{limit(perSecond)}</td>
          <td class="end">{limit(burst)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Requests = ({ requests }: { readonly requests: readonly RequestView[] }) => (
  <table class="card" aria-label="Requests, newest first">
    <thead>
      <tr>
        <th scope="col">Time</th>
        <th scope="col">Request</th>
        <th scope="col">Status</th>
        <th scope="col" class="end">
          Duration
        </th>
      </tr>
    </thead>
    <tbody>
      {requests.map(({ id, atMs, method, path, status, durationMs }) => (
        <tr key={id}>
          <td>{clockTime(atMs)}</td>
          <td class="wraps">
            {method} {path}
          </td>
          <td>
            {status} <Pill state={stateOf(status)} />
          </td>
          <td class="end">{grouped(Math.round(durationMs))} ms</td>
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
      <Routes routes={uploadApi.routes} />
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
