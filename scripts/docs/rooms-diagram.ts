/** The picture of the rooms in CONTRIBUTING.md, drawn from the same ledger that the arrows test checks. */
import { code, table } from "../terminal/markdown";
import { ROOMS, type Room } from "./rooms";

const rooms = Object.entries<Room>(ROOMS);

const idOf = (name: string): string => name.replaceAll(/\W/g, "_");

/** @returns the rooms that a room imports, directly or through others */
const reachable = (name: string): ReadonlySet<string> => {
  const reached = new Set<string>();
  const visit = (from: string): void => {
    for (const to of (ROOMS as Readonly<Record<string, Room>>)[from]?.imports ?? []) {
      if (reached.has(to)) continue;
      reached.add(to);
      visit(to);
    }
  };
  visit(name);
  return reached;
};

/** Leaves out arrows to rooms that are reached through another room: they would hide the layers. */
const directArrows = ({ imports }: Room): string[] =>
  imports.filter((room) => !imports.some((other) => other !== room && reachable(other).has(room)));

/** @returns a Mermaid flowchart */
export const roomsDiagram = (): string =>
  [
    "```mermaid",
    "flowchart TD",
    ...rooms.map(([name, { path }]) => `  ${idOf(name)}["${path}"]`),
    ...rooms.flatMap(([name, room]) => directArrows(room).map((to) => `  ${idOf(name)} --> ${idOf(to)}`)),
    "```",
  ].join("\n");

export const roomsTable = (): string =>
  table(
    ["room", "purpose", "may import"],
    rooms.map(([, { path, purpose, imports }]) => [
      code(path),
      purpose,
      imports.length === 0 ? "nothing" : imports.join(", "),
    ]),
  );
