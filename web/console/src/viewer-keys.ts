// Maps keys to actions of the picture viewer. Pure.

import type { Level } from "./api.generated";
import type { KeyPress } from "./keyboard";
import type { Key } from "./words";

export type ViewerAction =
  | { type: "unveil" | "blur" | "grey" | "turn" | "fit" | "beside" | "other" }
  | { type: "picture"; step: 1 | -1 }
  | { type: "zoom"; steps: number }
  | { type: "strength"; step: number }
  | { type: "pan"; right: number; down: number }
  | { type: "decide"; level: Level };

const VIEWER_KEYS = new Map<string, ViewerAction>([
  ["v", { type: "unveil" }],
  ["ArrowRight", { type: "picture", step: 1 }],
  ["ArrowLeft", { type: "picture", step: -1 }],
  ["j", { type: "picture", step: 1 }],
  ["k", { type: "picture", step: -1 }],
  ["+", { type: "zoom", steps: 1 }],
  ["=", { type: "zoom", steps: 1 }], // + without Shift on many keyboards
  ["-", { type: "zoom", steps: -1 }],
  ["0", { type: "fit" }],
  ["r", { type: "turn" }],
  ["g", { type: "grey" }],
  ["b", { type: "blur" }],
  [",", { type: "strength", step: -1 }],
  [".", { type: "strength", step: 1 }],
  ["s", { type: "beside" }],
  ["x", { type: "other" }],
  ["1", { type: "decide", level: "good" }],
  ["2", { type: "decide", level: "watched" }],
  ["3", { type: "decide", level: "restricted" }],
  ["4", { type: "decide", level: "banned" }],
]);

const PAN_KEYS = new Map<string, ViewerAction>([
  ["ArrowRight", { type: "pan", right: -1, down: 0 }],
  ["ArrowLeft", { type: "pan", right: 1, down: 0 }],
  ["ArrowDown", { type: "pan", right: 0, down: -1 }],
  ["ArrowUp", { type: "pan", right: 0, down: 1 }],
]);

/** The list of the viewer's keys, as the page shows it. */
export const VIEWER_KEY_HELP: readonly [string, Key][] = [
  ["v", "key_unveil"],
  ["→ ←", "viewer_key_step"],
  ["+ - 0", "viewer_key_zoom"],
  ["Shift + → ← ↑ ↓", "viewer_key_pan"],
  ["r", "viewer_key_turn"],
  ["b", "key_blur"],
  [", .", "viewer_key_strength"],
  ["g", "viewer_key_grey"],
  ["s", "viewer_key_beside"],
  ["x", "viewer_key_other"],
  ["1 2 3 4", "viewer_key_decide"],
  ["Esc", "viewer_key_close"],
];

/** Returns the action of a key in the viewer. Shift and an arrow move the picture. */
export function viewerActionFor({ key, control, alt, shift }: KeyPress): ViewerAction | undefined {
  if (control || alt) return undefined;
  if (key.startsWith("Arrow")) return (shift ? PAN_KEYS : VIEWER_KEYS).get(key);
  return VIEWER_KEYS.get(key.toLowerCase());
}
