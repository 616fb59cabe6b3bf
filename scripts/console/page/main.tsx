/** The page: one view at a time, chosen by the address after #. */
import "./styles.css";
import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { Alarms } from "./alarms";
import { Backfills } from "./backfills";
import { Break } from "./break";
import { Dashboard } from "./dashboard";
import { Header } from "./header";
import { Inbox } from "./inbox";
import { LogView } from "./log";
import { Photos } from "./photos";
import { Records } from "./records";
import { announcement, connect, snapshot } from "./store";
import { TraceView } from "./trace";
import { UploadApi } from "./upload-api";

const address = signal(location.hash);

addEventListener("hashchange", () => {
  address.value = location.hash;
  document.querySelector("main")?.focus({ preventScroll: true });
  scrollTo(0, 0);
});

const VIEWS: Readonly<Record<string, { readonly title: string; readonly show: (rest: string) => preact.JSX.Element }>> =
  {
    photos: { title: "Photos", show: () => <Photos /> },
    trace: { title: "Trace", show: (id) => <TraceView key={id} id={id} /> },
    log: { title: "Log", show: () => <LogView /> },
    alarms: { title: "Alarms", show: (name) => <Alarms open={name} /> },
    inbox: { title: "Inbox", show: () => <Inbox /> },
    records: { title: "Records", show: () => <Records /> },
    api: { title: "API", show: () => <UploadApi /> },
    backfill: { title: "Backfill", show: () => <Backfills /> },
    dashboard: { title: "Dashboard", show: () => <Dashboard /> },
    break: { title: "Break", show: () => <Break /> },
  };

const Page = () => {
  const [, name = "", rest = ""] = address.value.split("/").map(decodeURIComponent);
  const view = VIEWS[name] === undefined ? "photos" : name;
  const { title, show } = VIEWS[view] as (typeof VIEWS)[string];
  useEffect(() => {
    document.title = `${title} – image processor console`;
  }, [title]);
  return (
    <>
      <Header view={view === "trace" ? "photos" : view} />
      <main tabIndex={-1}>{snapshot.value === undefined ? <p class="starting">Loading …</p> : show(rest)}</main>
      <p class="hidden" role="status">
        {announcement.value}
      </p>
    </>
  );
};

const root = document.querySelector("#page");
if (root !== null) {
  root.textContent = "";
  render(<Page />, root);
}
connect();
