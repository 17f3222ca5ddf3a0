import { describe, expect, test } from "vitest";
import type { KeyPress } from "../../console/src/keyboard";
import { VIEWER_KEY_HELP, viewerActionFor } from "../../console/src/viewer-keys";

const free: KeyPress = {
  key: "",
  control: false,
  alt: false,
  shift: false,
  typing: false,
  pressable: false,
};
const pressing = (press: Partial<KeyPress>) => viewerActionFor({ ...free, ...press });

describe("keys of the viewer", () => {
  test.each([
    ["v", { type: "unveil" }],
    ["ArrowRight", { type: "picture", step: 1 }],
    ["k", { type: "picture", step: -1 }],
    ["+", { type: "zoom", steps: 1 }],
    ["-", { type: "zoom", steps: -1 }],
    ["0", { type: "fit" }],
    ["R", { type: "turn" }],
    ["g", { type: "grey" }],
    ["b", { type: "blur" }],
    [",", { type: "strength", step: -1 }],
    [".", { type: "strength", step: 1 }],
    ["s", { type: "beside" }],
    ["x", { type: "other" }],
    ["4", { type: "decide", level: "banned" }],
    ["?", undefined], // the app shows the list
    ["Escape", undefined], // the browser closes the dialog
    ["ArrowUp", undefined],
  ])("%s does %j", (key, action) => {
    expect(pressing({ key })).toEqual(action);
  });

  test("Shift and an arrow move the picture against the arrow, as a window moves over it", () => {
    expect(pressing({ key: "ArrowRight", shift: true })).toEqual({ type: "pan", right: -1, down: 0 });
    expect(pressing({ key: "ArrowUp", shift: true })).toEqual({ type: "pan", right: 0, down: 1 });
  });

  test("a plus that needs Shift zooms", () => {
    expect(pressing({ key: "+", shift: true })).toEqual({ type: "zoom", steps: 1 });
  });

  test("keys with Ctrl or Alt are the browser's", () => {
    expect([pressing({ key: "r", control: true }), pressing({ key: "s", alt: true })]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("the list names every key", () => {
    const named = VIEWER_KEY_HELP.flatMap(([keys]) => keys.split(" ")).filter((key) => key.length === 1);
    const plain = named.filter((key) => !"→←↑↓".includes(key));
    expect(new Set(plain)).toEqual(new Set("v+-0rb,.gsx1234"));
    for (const key of plain) expect(pressing({ key })).toBeDefined();
  });
});
