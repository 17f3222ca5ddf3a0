// Decides how a visitor is called when somebody comes. Pure.

const SOUNDS = ["off", "elsewhere", "always"] as const;
/** When a sound is played: never, while the visitor looks at something else, or always. */
export type When = (typeof SOUNDS)[number];

export interface ArrivalSettings {
  sound: When;
  /** Shows a notification while the visitor looks at something else. */
  notify: boolean;
  /** Notifications have been offered during a search, which happens once. */
  offered: boolean;
}

export const FRESH_ARRIVAL: ArrivalSettings = { sound: "elsewhere", notify: false, offered: false };

/** Reads stored settings, whatever is stored. */
export function parseArrival({ sound, notify, offered }: Record<string, unknown> = {}): ArrivalSettings {
  return {
    sound: SOUNDS.find((one) => one === sound) ?? FRESH_ARRIVAL.sound,
    notify: notify === true,
    offered: offered === true,
  };
}

export interface Calls {
  /** A sound, and with it a vibration where there is one. */
  sound: boolean;
  notification: boolean;
}

/** Returns how to call a visitor who is `elsewhere` or looks at the page. */
export function callsFor({ sound, notify }: ArrivalSettings, elsewhere: boolean): Calls {
  return {
    sound: sound === "always" || (sound === "elsewhere" && elsewhere),
    notification: notify && elsewhere,
  };
}
