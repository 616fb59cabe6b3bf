/** How many requests at once a route of the upload API takes. */
import { multiply } from "./arithmetic";

/** As many as the rate limit allows in two seconds. */
const BURST_SECONDS = 2;

/** @param perSecond the rate limit of a route @returns its burst limit */
export const burstOf = (perSecond: number): number => multiply(perSecond, BURST_SECONDS);
