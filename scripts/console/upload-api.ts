/** The upload API of the stack, and the requests that it has answered. */
import type { Blueprint } from "../sandbox/blueprint";
import type { Sandbox } from "../sandbox/sandbox";
import type { RequestView, UploadApiView } from "./protocol";

export interface Requests {
  add(request: Omit<RequestView, "id">): void;
  /** The newest first. */
  list(): readonly RequestView[];
}

/** @param most requests that are kept */
export const createRequests = (most: number): Requests => {
  const kept: RequestView[] = [];
  let id = 0;
  return {
    add: (request) => {
      id += 1;
      kept.unshift({ id, ...request });
      kept.splice(most);
    },
    list: () => kept,
  };
};

/** @returns undefined for a stack without an API */
export const uploadApiOf = ({ apis: [api] }: Blueprint, { apiUrl }: Sandbox): UploadApiView | undefined =>
  api === undefined || apiUrl === undefined
    ? undefined
    : {
        url: apiUrl,
        authorization: api.routes[0]?.authorization ?? "NONE",
        routes: api.routes.map(({ routeKey: route, throttle }) => ({ route, ...throttle })),
      };
