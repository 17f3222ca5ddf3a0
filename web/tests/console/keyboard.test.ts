import { describe, expect, test } from "vitest";
import { actionFor, KEY_HELP, type KeyPress, mayRepeat } from "../../console/src/keyboard";

const free: KeyPress = { key: "", control: false, alt: false, shift: false, typing: false, pressable: false };
const pressing = (press: Partial<KeyPress>) => actionFor({ ...free, ...press });

describe("keyboard", () => {
  test.each([
    ["j", { type: "next" }],
    ["K", { type: "previous" }],
    ["Enter", { type: "open" }],
    ["Escape", { type: "back" }],
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
    ["?", { type: "help" }],
    ["x", undefined],
    ["5", undefined],
    ["constructor", undefined],
  ])("%s does %j", (key, action) => {
    expect(pressing({ key })).toEqual(action);
  });

  test.each(["j", "1", "4", "u", "?", "Enter", "v"])("%s types a letter in a field", (key) => {
    expect(pressing({ key, typing: true })).toBeUndefined();
  });

  test("a field allows sending and closing the form, and nothing else", () => {
    expect(pressing({ key: "Enter", control: true, typing: true })).toEqual({ type: "send" });
    expect(pressing({ key: "Escape", typing: true })).toEqual({ type: "close" });
  });

  test.each(["j", "u", "1", "r"])("%s is the browser's with Ctrl or Alt", (key) => {
    expect([pressing({ key, control: true }), pressing({ key, alt: true })]).toEqual([undefined, undefined]);
  });

  test("Enter on a link or button belongs to the browser", () => {
    expect(pressing({ key: "Enter", pressable: true })).toBeUndefined();
  });

  test("a held key moves through a list, and never decides twice", () => {
    const held = KEY_HELP.flatMap(([keys]) => keys.split(/ (?:\/ )?/)).filter((key) => {
      const action = pressing({ key });
      return action && mayRepeat(action);
    });
    expect(held).toEqual(["j", "k", "n", "p"]);
  });

  test("the list names every key", () => {
    const named = KEY_HELP.flatMap(([keys]) => keys.split(" ")).filter(
      (key) => key.length === 1 && !"/+".includes(key),
    );
    expect(named.sort()).toEqual(["1", "2", "3", "4", "?", "b", "c", "h", "j", "k", "n", "p", "r", "u", "v"]);
    for (const key of named) expect(pressing({ key })).toBeDefined();
  });
});
