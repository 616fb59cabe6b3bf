/** A token bucket, as API Gateway throttles: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html */
import type { RouteBlueprint } from "./api-blueprint";

/** @returns a function that takes a token; false if there is none */
export const createThrottle = (limits: RouteBlueprint["throttle"], now: () => number): (() => boolean) => {
  if (limits === undefined) return () => true;
  const { perSecond, burst } = limits;
  let tokens = burst;
  let filledMs = now();
  return () => {
    const nowMs = now();
    tokens = Math.min(burst, tokens + ((nowMs - filledMs) / 1_000) * perSecond);
    filledMs = nowMs;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
};
