// Maps keys to actions. Screens get the actions only. Pure.

import type { Level } from "./api.generated";
import type { Key } from "./words";

export type Action =
  | { type: "next" | "previous" | "open" | "back" | "unveil" | "blur" | "undo" | "help" | "send" | "sort" }
  | { type: "history" | "chat" | "find" }
  | { type: "report"; step: 1 | -1 }
  | { type: "close" }
  | { type: "decide"; level: Level };

export interface KeyPress {
  key: string;
  control: boolean;
  alt: boolean;
  shift: boolean;
  /** True in a field that takes text. */
  typing: boolean;
  /** True on an element that Enter presses. */
  pressable: boolean;
}

const PLAIN_KEYS = new Map<string, Action>([
  ["j", { type: "next" }],
  ["k", { type: "previous" }],
  ["1", { type: "decide", level: "good" }],
  ["2", { type: "decide", level: "watched" }],
  ["3", { type: "decide", level: "restricted" }],
  ["4", { type: "decide", level: "banned" }],
  ["v", { type: "unveil" }],
  ["b", { type: "blur" }],
  ["c", { type: "chat" }],
  ["h", { type: "history" }],
  ["n", { type: "report", step: 1 }],
  ["p", { type: "report", step: -1 }],
  ["u", { type: "undo" }],
  ["r", { type: "sort" }],
  ["/", { type: "find" }],
  ["?", { type: "help" }],
]);

/** The list of keys, as the page shows it. */
export const KEY_HELP: readonly [string, Key][] = [
  ["j / k", "key_move"],
  ["Home / End", "key_ends"],
  ["Enter", "key_open"],
  ["Esc", "key_back"],
  ["1 2 3 4", "key_decide"],
  ["Ctrl + Enter", "key_send"],
  ["v", "key_unveil"],
  ["b", "key_blur"],
  ["c", "key_chat"],
  ["n / p", "key_report"],
  ["h", "key_history"],
  ["u", "key_undo"],
  ["r", "key_sort"],
  ["/", "key_find"],
  ["?", "key_help"],
];

/** Returns the action of a key. In a field only Ctrl + Enter and Escape have one. */
export function actionFor({ key, control, alt, typing, pressable }: KeyPress): Action | undefined {
  if (alt) return undefined;
  if (key === "Enter" && control) return { type: "send" };
  if (control) return undefined;
  if (key === "Escape") return { type: typing ? "close" : "back" };
  if (typing) return undefined;
  if (key === "Enter") return pressable ? undefined : { type: "open" };
  return PLAIN_KEYS.get(key.toLowerCase());
}

/** Returns whether a held key may do this again and again. Otherwise it would hit the next case, too. */
export function mayRepeat({ type }: Action): boolean {
  return type === "next" || type === "previous" || type === "report";
}

/** Reads from the event what decides the action. */
export function keyPressOf(event: KeyboardEvent): KeyPress {
  const target = event.target instanceof Element ? event.target : document.body;
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  return {
    key,
    control: ctrlKey || metaKey,
    alt: altKey,
    shift: shiftKey,
    typing: target.matches("input:not([type=radio], [type=checkbox], [type=range]), textarea, select"),
    pressable: target.matches("a, button, summary"),
  };
}
