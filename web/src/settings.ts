// How the visitor wants to be seen and heard. Stored in this browser and sent to nobody.

import { CURTAINS, type Curtain } from "./http.generated";
import type { Site } from "./site/site";
import { parseObject, sameTypes } from "./storage/json-guards";

const STORAGE_KEY = "zufall.settings";

type Store = Pick<Storage, "getItem" | "setItem">;

export interface Settings {
  /** Undefined means the default of the site. */
  curtain?: Curtain | undefined;
  /** Checks pictures on this device and covers nudity. */
  check: boolean;
  /** Sends media only through a relay, if there is one. */
  hideAddress: boolean;
  /** Prefers frame rate to sharpness, for sign language. */
  signing: boolean;
  /** Blurs my background. */
  blur: boolean;
  /** Removes echoes and noise from my sound, which spoils music. */
  echo: boolean;
  noise: boolean;
  /** The chosen devices. Undefined means the browser's default. */
  camera?: string | undefined;
  microphone?: string | undefined;
  speaker?: string | undefined;
}

const FRESH: Settings = {
  check: true,
  hideAddress: true,
  signing: false,
  blur: false,
  echo: true,
  noise: true,
};
const CHOSEN = { camera: "", microphone: "", speaker: "" };

export function loadSettings(store: Store): Settings {
  const kept = parseObject(store.getItem(STORAGE_KEY));
  const curtain = CURTAINS.find((one) => one === kept?.curtain);
  return { ...FRESH, ...sameTypes({ ...FRESH, ...CHOSEN }, kept), ...(curtain ? { curtain } : {}) };
}

/** Stores a change, and keeps what another tab has changed meanwhile. */
export function saveSettings(store: Pick<Store, "getItem" | "setItem">, change: Partial<Settings>): void {
  store.setItem(STORAGE_KEY, JSON.stringify({ ...parseObject(store.getItem(STORAGE_KEY)), ...change }));
}

export function curtainOf(settings: Settings, site: Site): Curtain {
  return settings.curtain ?? site.curtain;
}
