/** The dashboard of the stack, drawn from its JSON. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { DashboardView, Widget } from "../protocol";
import { ChartView } from "./chart";
import { Chips, Commands, Empty, ViewTitle } from "./parts";
import { ask, isInAlarm, minute, snapshot } from "./store";

const LINK = /\*\*([^*]+)\*\*|\[([^\]]*)\]\((https:\/\/[^)\s]+)\)/g;

/** Bold text and links of Markdown; everything else is text. */
const Markdown = ({ text }: { readonly text: string }) => {
  const parts: (string | preact.JSX.Element)[] = [];
  let last = 0;
  for (const { 0: whole, 1: bold, 2: label, 3: href, index } of text.matchAll(LINK)) {
    parts.push(text.slice(last, index));
    parts.push(
      bold !== undefined ? (
        <strong>{bold}</strong>
      ) : (
        <a href={href} target="_blank" rel="noreferrer">
          {label}
        </a>
      ),
    );
    last = index + whole.length;
  }
  return (
    <p class="markdown">
      {parts}
      {text.slice(last)}
    </p>
  );
};

const Table = ({ table, title }: { readonly table: NonNullable<Widget["table"]>; readonly title: string }) =>
  table.rows.length === 0 ? (
    <p class="muted">No line matches the query.</p>
  ) : (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="scrolls" tabIndex={0} aria-label={`Lines of ${title}`}>
      <table>
        <thead>
          <tr>
            {table.columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, column) => (
                <td key={table.columns[column]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );

const Body = ({ widget }: { readonly widget: Widget }) => {
  const { problem, chart, markdown, alarms, query, table, title } = widget;
  return (
    <>
      {problem !== undefined && <p class="muted">{problem}</p>}
      {chart !== undefined && <ChartView chart={chart} title={title} />}
      {markdown !== undefined && <Markdown text={markdown} />}
      {alarms !== undefined && <Chips label="Alarms" names={alarms} isOn={isInAlarm} />}
      {table !== undefined && <Table table={table} title={title} />}
      {query !== undefined && (
        <details>
          <summary>Query</summary>
          <code class="breaks">{query}</code>
        </details>
      )}
    </>
  );
};

const place = ({ x, y, width, height }: Widget) => ({
  gridColumn: `${x + 1} / span ${width}`,
  gridRow: `${y + 1} / span ${height}`,
});

export const Dashboard = () => {
  const dashboards = useSignal<readonly DashboardView[] | undefined>(undefined);
  const hours = useSignal("1");
  const now = minute.value;
  const environment = snapshot.value?.environment;
  useEffect(() => {
    void ask<DashboardView[]>("/api/dashboards", { hours: hours.value }).then((found) => {
      dashboards.value = found;
    });
  }, [hours.value, now, environment]);
  return (
    <>
      <ViewTitle title="Dashboard">
        <label class="environment">
          <span class="label">Range</span>
          <select
            value={hours.value}
            onChange={({ currentTarget }) => {
              hours.value = currentTarget.value;
            }}
          >
            <option value="1">1 hour</option>
            <option value="3">3 hours</option>
            <option value="12">12 hours</option>
          </select>
        </label>
        <span class="muted">
          As deployed, with the metrics of this machine. It shows what CloudWatch would show by now.
        </span>
      </ViewTitle>
      {dashboards.value === undefined && <div class="loading" role="presentation" />}
      {dashboards.value?.length === 0 && <Empty title="This environment has no dashboard" />}
      {dashboards.value?.map(({ name, widgets }) => (
        <section key={name} class="grid" aria-label={name}>
          {[...widgets]
            .sort((one, other) => one.y - other.y || one.x - other.x)
            .map((widget) => (
              <section
                key={`${widget.x} ${widget.y}`}
                class={`card widget widget-${widget.kind}`}
                style={place(widget)}
                // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
                tabIndex={0}
                aria-label={widget.title || widget.kind}
              >
                {widget.title !== "" && <h2>{widget.title}</h2>}
                <Body widget={widget} />
              </section>
            ))}
        </section>
      ))}
      <Commands ids={["dashboard"]} />
    </>
  );
};
