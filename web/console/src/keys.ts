// Which key does what. Pure: the screens only hear of actions.

import type { Level } from "./types";
import type { Key } from "./words";

export type Action =
  | { does: "next" | "previous" | "open" | "back" | "unveil" | "blur" | "undo" | "help" | "send" | "sort" }
  | { does: "close" }
  | { does: "decide"; level: Level };

export interface Pressed {
  key: string;
  control: boolean;
  alt: boolean;
  /** In a field that takes what is typed. */
  typing: boolean;
  /** On something that Enter presses. */
  pressable: boolean;
}

const SIMPLE = new Map<string, Action>([
  ["j", { does: "next" }],
  ["k", { does: "previous" }],
  ["1", { does: "decide", level: "good" }],
  ["2", { does: "decide", level: "watched" }],
  ["3", { does: "decide", level: "restricted" }],
  ["4", { does: "decide", level: "banned" }],
  ["v", { does: "unveil" }],
  ["b", { does: "blur" }],
  ["u", { does: "undo" }],
  ["r", { does: "sort" }],
  ["?", { does: "help" }],
]);

/** What the list of keys shows. */
export const KEYS: readonly [string, Key][] = [
  ["j / k", "key_move"],
  ["Enter", "key_open"],
  ["Esc", "key_back"],
  ["1 2 3 4", "key_decide"],
  ["Ctrl + Enter", "key_send"],
  ["v", "key_unveil"],
  ["b", "key_blur"],
  ["u", "key_undo"],
  ["r", "key_sort"],
  ["?", "key_help"],
];

/** In a field only Ctrl + Enter and Escape mean anything; with a modifier, keys are the browser's. */
export function actionOf({ key, control, alt, typing, pressable }: Pressed): Action | undefined {
  if (alt) return undefined;
  if (key === "Enter" && control) return { does: "send" };
  if (control) return undefined;
  if (key === "Escape") return { does: typing ? "close" : "back" };
  if (typing) return undefined;
  if (key === "Enter") return pressable ? undefined : { does: "open" };
  return SIMPLE.get(key.toLowerCase());
}

/** `event` as far as keys are concerned. */
export function pressedBy(event: KeyboardEvent): Pressed {
  const place = event.target instanceof Element ? event.target : document.body;
  const { key, ctrlKey, metaKey, altKey } = event;
  return {
    key,
    control: ctrlKey || metaKey,
    alt: altKey,
    typing: place.matches("input:not([type=radio], [type=checkbox]), textarea, select"),
    pressable: place.matches("a, button, summary"),
  };
}
