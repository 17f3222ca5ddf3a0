// Says in one sentence whether this network lets direct calls through, and what the site has for those that do not.

import type { NetworkKind } from "../core/network-kind";
import type { Site } from "../site/site";
import { checkNetwork } from "./network-check";
import { loadTexts, type Texts } from "./texts";

/** Returns undefined if nothing is known of the network. */
export async function networkSentence(
  locale: string,
  { stun = [], relay }: Site,
): Promise<string | undefined> {
  const [texts, kind] = await Promise.all([loadTexts(locale), checkNetwork(stun)]);
  return kind && texts[keyOf(kind, relay)];
}

export function keyOf(kind: NetworkKind, relay: boolean): keyof Texts {
  if (kind === "open") return "direct";
  return relay ? "relayed" : "blocked";
}
