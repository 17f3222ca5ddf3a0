// How this person wants to be seen and heard, whoever they meet: kept in this browser, sent to nobody.

import { CURTAINS, type Curtain } from "./core/curtain";
import type { Site } from "./site/site";
import { parseObject, sameTypes } from "./storage/json-guards";

const KEPT = "zufall.settings";

type Store = Pick<Storage, "getItem" | "setItem">;

export interface Settings {
  /** Undefined: as the operator has it. */
  curtain?: Curtain | undefined;
  /** The device looks at pictures itself, and blurs what it takes for indecent. */
  check: boolean;
  /** Media only through a relay, if there is one. */
  hideAddress: boolean;
  /** Frame rate before sharpness: for who signs. */
  signing: boolean;
  /** The chosen devices; undefined: what the browser takes by itself. */
  camera?: string | undefined;
  microphone?: string | undefined;
  speaker?: string | undefined;
}

const FRESH: Settings = { check: true, hideAddress: false, signing: false };
const CHOSEN = { camera: "", microphone: "", speaker: "" };

export function loadSettings(store: Store): Settings {
  const kept = parseObject(store.getItem(KEPT));
  const curtain = CURTAINS.find((one) => one === kept?.curtain);
  return { ...FRESH, ...sameTypes({ ...FRESH, ...CHOSEN }, kept), ...(curtain ? { curtain } : {}) };
}

export function saveSettings(store: Pick<Store, "setItem">, settings: Settings): void {
  store.setItem(KEPT, JSON.stringify(settings));
}

export function curtainOf(settings: Settings, site: Site): Curtain {
  return settings.curtain ?? site.curtain;
}
