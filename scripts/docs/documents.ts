/** The documents that hold generated parts: add a row, and its markers in the document. */
import { keys } from "../../modules/inputs/inputs";
import { MODULE_INPUTS } from "../../modules/inputs/modules";
import { readStack } from "../sandbox/read-stack";
import {
  alarmsByEnvironment,
  alarmsTable,
  comparisonTable,
  compositesTable,
  eventsTable,
  filterMatrix,
  metricsTable,
  queriesTable,
} from "./alarms";
import { typesTable } from "./cloudformation";
import { commandsTable, exitCodesTable, mainCommandsTable } from "./commands";
import { mainVariablesTable, moduleInputsTable, outputsTable, settingsTable, variablesTable } from "./configuration";
import { manifestKeysTable } from "./manifest-keys";
import { canaryTable, episodesTable, monthTable, monthTargets } from "./month";
import { monthPicture } from "./month-picture";
import { PERFORMANCE_TABLES, performancePlot } from "./performance";
import { permissionsTable } from "./permissions";
import { roomsDiagram, roomsTable } from "./rooms-diagram";
import { demandTable, remedyTable, scaleCostTable, scalePlot } from "./scale";
import { environmentNamed, stackOf } from "./stacks";
import { modulesTable } from "./terraform/modules-table";
import { formatsTable, refusalsTable, sizesTable, tiffTable, variantsTable } from "./variants";

/** Makes the Markdown of one generated part. */
export type Part = () => string | Promise<string>;

/** Generated parts by document and marker: `<!-- generated:marker -->` … `<!-- /generated:marker -->`. */
// biome-ignore format: a ledger is read down its columns
export const DOCUMENTS: Readonly<Record<string, Readonly<Record<string, Part>>>> = {
  "README.md": {
    variants:  async () => variantsTable((await environmentNamed("dev")).variants),
    alarms:    alarmsTable,
    variables: mainVariablesTable,
    commands:  mainCommandsTable,
  },
  "CONTRIBUTING.md": {
    rooms:     roomsDiagram,
    purposes:  roomsTable,
  },
  "docs/alarms.md": {
    composites: compositesTable,
    alarms:     alarmsByEnvironment,
    comparison: comparisonTable,
    episodes:   episodesTable,
    month:      monthTable,
    targets:    monthTargets,
    canaries:   canaryTable,
  },
  "docs/cloudformation.md": {
    types:     typesTable,
  },
  "docs/commands.md": {
    commands:  commandsTable,
    exitCodes: exitCodesTable,
  },
  "docs/configuration.md": {
    variables: variablesTable,
    outputs:   outputsTable,
    settings:  settingsTable,
  },
  "docs/metrics.md": {
    events:    eventsTable,
    metrics:   metricsTable,
    matrix:    filterMatrix,
    queries:   queriesTable,
  },
  "docs/modules.md": Object.fromEntries(keys(MODULE_INPUTS).map((name) => [name, () => moduleInputsTable(name)])),
  "docs/performance.md": PERFORMANCE_TABLES,
  "docs/scale.md": {
    demand:    async () => demandTable(await environmentNamed("prod")),
    remedies:  async () => remedyTable(await environmentNamed("prod")),
    cost:      async () => scaleCostTable(await environmentNamed("prod")),
  },
  "docs/security.md": {
    permissions: async () => permissionsTable(readStack(await stackOf("prod"))),
  },
  "docs/terraform.md": {
    modules:   modulesTable,
  },
  "docs/variants.md": {
    formats:   formatsTable,
    sizes:     sizesTable,
    manifests: manifestKeysTable,
    refusals:  refusalsTable,
    tiff:      tiffTable,
  },
};

/** Plots by file. */
export const DRAWINGS: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/month.svg": monthPicture,
  "docs/performance.svg": performancePlot,
  "docs/scale.svg": async () => scalePlot(await environmentNamed("prod")),
};
