/** Body of the CloudWatch dashboard: where each widget of each region stands. */
import { METRICS } from "../handler/contract/metrics";
import { runbookUrl } from "./alarm-config";
import { compositeAlarms, singleAlarms } from "./alarm-rows";
import {
  chartsOf,
  type DashboardStack,
  type DashboardValues,
  LAST_WIDGETS,
  metricWidget,
  OPTIONAL_WIDGETS,
  WIDGETS,
  type WidgetTitle,
} from "./dashboard-charts";
import { keys } from "./inputs/inputs";
import { objectivesWidget } from "./objectives-widget";
import { releasesWidget } from "./releases-widget";

type Names = DashboardStack["names"];

/** The lines that LambdaErrors counts, and the invocations that Lambda reports as failed. */
const recentErrors = ({ aws_region }: DashboardValues, { logGroupName }: Names) => {
  const levels = JSON.stringify(METRICS.LambdaErrors.from[0].levels);
  return {
    type: "log",
    properties: {
      title: "Recent Errors",
      region: aws_region,
      view: "table",
      query: [
        `SOURCE '${logGroupName}'`,
        "fields @timestamp, level, event, key, reason, errorMessage, record.status, message",
        `filter level in ${levels} or (type = "platform.report" and record.status != "success")`,
        "sort @timestamp desc",
        "limit 50",
      ].join(" | "),
    },
  };
};

/** The widgets with their places in reading order: a switch adds a widget and moves none. */
const placed = ({ values, showsImages }: DashboardStack): { title: WidgetTitle; index: number }[] => {
  const always = WIDGETS.filter((title) => chartsOf(title, showsImages).length > 0);
  return [
    ...always.map((title, index) => ({ title, index })),
    ...keys(OPTIONAL_WIDGETS)
      .map((title, index) => ({ title, index: always.length + index }))
      .filter(({ title }) => values[OPTIONAL_WIDGETS[title]]),
  ];
};

const WIDGETS_IN_A_ROW = 3;
const WIDGET_ROWS = 6;

/** Rows of one stack: space for all charts, then recent errors, then releases. */
const CHART_ROWS = Math.ceil((WIDGETS.length + keys(OPTIONAL_WIDGETS).length) / WIDGETS_IN_A_ROW) * WIDGET_ROWS;
const rowsOf = (values: DashboardValues): number => rowsAboveObjectives(values) + (hasObjectives(values) ? 3 : 0);
const rowsAboveObjectives = ({ enable_release_alias }: DashboardValues): number =>
  CHART_ROWS + WIDGET_ROWS + (enable_release_alias ? WIDGET_ROWS : 0);

/** Alarms on the error budget exist only there. */
const hasObjectives = ({ alarm_routing }: DashboardValues): boolean => alarm_routing === "incident";

const objectives = ({ values, names, showsImages }: DashboardStack, y: number) =>
  hasObjectives(values) && showsImages
    ? [{ x: 0, y, width: 24, height: 3, ...objectivesWidget(values, names.functionName) }]
    : [];

/** @param y row of the first widget */
const widgetsOf = (stack: DashboardStack, y: number) => {
  const { values, names } = stack;
  const widgets = [
    ...placed(stack).map(({ title, index }) => ({
      x: (index % WIDGETS_IN_A_ROW) * 8,
      y: y + Math.floor(index / WIDGETS_IN_A_ROW) * WIDGET_ROWS,
      width: 8,
      height: WIDGET_ROWS,
      ...metricWidget(title, stack),
    })),
    { x: 0, y: y + CHART_ROWS, width: 24, height: WIDGET_ROWS, ...recentErrors(values, names) },
    ...(values.enable_release_alias
      ? [{ x: 0, y: y + CHART_ROWS + WIDGET_ROWS, width: 24, height: WIDGET_ROWS, ...releasesWidget(values, names) }]
      : []),
    ...objectives(stack, y + rowsAboveObjectives(values)),
  ];
  return widgets.map((widget) => titled(stack, widget));
};

/** The console does not show the region of a widget, so the title does. */
const titled = <W extends { readonly properties: { readonly title: string } }>(
  { showsRegion, values }: DashboardStack,
  widget: W,
): W => {
  const { properties } = widget;
  return showsRegion
    ? { ...widget, properties: { ...properties, title: `${properties.title}, ${values.aws_region}` } }
    : widget;
};

/** Links to the runbooks of all alarms; nothing where runbook_base_url is not set. */
const runbooks = (values: DashboardValues, y: number) => {
  const pages = [...compositeAlarms(values), ...singleAlarms(values)].map(({ name, runbook = name }) => runbook);
  const links = [...new Set(pages)].flatMap((page) => {
    const url = runbookUrl(values, page);
    return url === undefined ? [] : [`[${page}](${url})`];
  });
  if (links.length === 0) return [];
  const markdown = ["**Runbooks**", ...links.sort()].join(" · ");
  return [{ x: 0, y, width: 24, height: 2, type: "text", properties: { markdown } }];
};

/** The upload API of each stack. */
const uploads = (stacks: readonly DashboardStack[], y: number) =>
  stacks.flatMap((stack, at) =>
    keys(LAST_WIDGETS)
      .filter((title) => stack.showsImages && stack.values[LAST_WIDGETS[title]])
      .filter((title) => title !== "Upload API" || stack.names.uploadApiId !== undefined)
      .map((title, index) => ({
        ...{ x: index * 8, y: y + at * WIDGET_ROWS, width: 8, height: WIDGET_ROWS },
        ...titled(stack, metricWidget(title, stack)),
      })),
  );

/** The cost of each stack. */
const costs = (stacks: readonly DashboardStack[], y: number) =>
  stacks.flatMap(({ cost }, at) =>
    cost === undefined ? [] : [{ x: 0, y: y + at * 6, width: 24, height: 6, ...cost }],
  );

/**
 * Shows the stacks one below the other, then runbooks and costs.
 * @returns the value of `dashboard_body`: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export const dashboardBody = (stacks: readonly [DashboardStack, ...DashboardStack[]]) => {
  const [{ values }] = stacks;
  return {
    widgets: [
      ...stacks.flatMap((stack, at) => widgetsOf(stack, at * rowsOf(values))),
      ...runbooks(values, stacks.length * rowsOf(values)),
      ...costs(stacks, stacks.length * rowsOf(values) + 2),
      ...uploads(stacks, stacks.length * (rowsOf(values) + WIDGET_ROWS) + 2),
    ],
  };
};
