// Finds the call that the page before this one has kept. See call-keeper.ts.

import { type Returning, returningTo } from "./core/call/returning";
import { KEPT_CALL } from "./core/call/state";
import { parseObject } from "./storage/json-guards";

/** Returns the call that the page before this one has kept. No other page gets it. */
export function takeCall(tab: Pick<Storage, "getItem" | "removeItem">): Returning | undefined {
  const stored = tab.getItem(KEPT_CALL);
  if (stored === null) return undefined;
  tab.removeItem(KEPT_CALL);
  return returningTo(parseObject(stored), Date.now(), performance.now());
}
