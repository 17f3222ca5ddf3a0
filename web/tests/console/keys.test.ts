import { describe, expect, test } from "vitest";
import { actionOf, KEYS, type Pressed } from "../../console/src/keys";

const free: Pressed = { key: "", control: false, alt: false, typing: false, pressable: false };
const does = (pressed: Partial<Pressed>) => actionOf({ ...free, ...pressed });

describe("keys", () => {
  test.each([
    ["j", { does: "next" }],
    ["K", { does: "previous" }],
    ["Enter", { does: "open" }],
    ["Escape", { does: "back" }],
    ["1", { does: "decide", level: "good" }],
    ["2", { does: "decide", level: "watched" }],
    ["3", { does: "decide", level: "restricted" }],
    ["4", { does: "decide", level: "banned" }],
    ["v", { does: "unveil" }],
    ["b", { does: "blur" }],
    ["u", { does: "undo" }],
    ["r", { does: "sort" }],
    ["?", { does: "help" }],
    ["x", undefined],
    ["5", undefined],
    ["constructor", undefined],
  ])("%s does %j", (key, action) => {
    expect(does({ key })).toEqual(action);
  });

  test.each(["j", "1", "4", "u", "?", "Enter", "v"])("%s is only a letter while somebody types", (key) => {
    expect(does({ key, typing: true })).toBeUndefined();
  });

  test("from a field one can send and close the form, and never leave the screen", () => {
    expect(does({ key: "Enter", control: true, typing: true })).toEqual({ does: "send" });
    expect(does({ key: "Escape", typing: true })).toEqual({ does: "close" });
  });

  test.each(["j", "u", "1", "r"])("%s is the browser's with Ctrl or Alt", (key) => {
    expect([does({ key, control: true }), does({ key, alt: true })]).toEqual([undefined, undefined]);
  });

  test("Enter on a link or button presses that", () => {
    expect(does({ key: "Enter", pressable: true })).toBeUndefined();
  });

  test("the list names every key", () => {
    const named = KEYS.flatMap(([keys]) => keys.split(" ")).filter(
      (key) => key.length === 1 && !"/+".includes(key),
    );
    expect(named.sort()).toEqual(["1", "2", "3", "4", "?", "b", "j", "k", "r", "u", "v"]);
    for (const key of named) expect(does({ key })).toBeDefined();
  });
});
