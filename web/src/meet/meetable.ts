// Which of the recent strangers can be met again. Pure.

import { claimOf } from "../signaling/token-store";
import type { Entry } from "../view/recent";

/** Returns whether a gateway takes the pass of this stranger from me. `token` is mine. */
export function isMeetable(entry: Entry, token: string | undefined): boolean {
  if (entry.reported || entry.waits || entry.blocked) return false;
  return entry.mine || sameDevice(entry.credential?.token, token);
}

/** Another tab is another visitor, but a pass is good for all of one device. */
function sameDevice(one: string | undefined, other: string | undefined): boolean {
  const [mine, theirs] = [claimOf(one, "device"), claimOf(other, "device")];
  return mine !== undefined && mine === theirs;
}
