import { describe, expect, test } from "vitest";
import { type Area, CORNERS, cornerByKey, nearestCorner, nextCorner, placeIn } from "../src/core/self-place";
import { SelfPlaceStore } from "../src/self-view/self-place-store";
import { memoryStore } from "./helpers";

const phone = { width: 390, height: 844 };
const mine = { width: 109, height: 145 };
const bar: Area = { left: 0, top: 764, width: 390, height: 80 };
const chat: Area = { left: 0, top: 600, width: 390, height: 164 };

describe("my own picture", () => {
  test.each([
    ["top_start", false, { left: 12, top: 12 }],
    ["top_end", false, { left: 269, top: 12 }],
    ["bottom_end", false, { left: 269, top: 687 }],
    ["top_start", true, { left: 269, top: 12 }],
    ["bottom_end", true, { left: 12, top: 687 }],
  ] as const)("is in its corner: %s, right to left: %s", (corner, rightToLeft, place) => {
    expect(placeIn(corner, mine, phone, [], rightToLeft)).toEqual(place);
  });

  test.each(CORNERS)("covers neither the bar nor the chat nor anything else: %s", (corner) => {
    const buttons = { left: 12, top: 12, width: 160, height: 48 };
    const card = { left: 20, top: 500, width: 350, height: 80 };
    const taken = [bar, card, chat, buttons];
    const place = placeIn(corner, mine, phone, taken, false);
    expect(place).toBeDefined();
    const { left, top } = place ?? { left: 0, top: 0 };
    for (const area of taken) {
      const beside = left + mine.width <= area.left || left >= area.left + area.width;
      expect(beside || top + mine.height <= area.top || top >= area.top + area.height).toBe(true);
    }
  });

  test("stays where the page puts it if the corner has no room", () => {
    const full = { left: 0, top: 100, width: 390, height: 744 };
    expect(placeIn("bottom_start", mine, phone, [full], false)).toBeUndefined();
    expect(placeIn("top_start", mine, { width: 390, height: 120 }, [], false)).toBeUndefined();
  });

  test.each([
    ["ArrowUp", false, "top_end"],
    ["ArrowLeft", false, "bottom_start"],
    ["ArrowRight", false, "bottom_end"],
    ["ArrowLeft", true, "bottom_end"],
    ["ArrowRight", true, "bottom_start"],
    ["Enter", false, undefined],
  ] as const)("moves by keys: %s, right to left: %s", (key, rightToLeft, corner) => {
    expect(cornerByKey("bottom_end", key, rightToLeft)).toBe(corner);
  });

  test("comes to each corner by the button, and to the nearest one by the pointer", () => {
    const round = CORNERS.map((corner) => nextCorner(corner));
    expect(new Set(round).size).toBe(4);
    expect(nearestCorner({ left: 50, top: 800 }, phone, false)).toBe("bottom_start");
    expect(nearestCorner({ left: 50, top: 800 }, phone, true)).toBe("bottom_end");
    expect(nearestCorner({ left: 300, top: 50 }, phone, false)).toBe("top_end");
  });

  test("is remembered, and a wrong memory is ignored", () => {
    const store = memoryStore();
    const places = new SelfPlaceStore(store);
    expect(places.load()).toEqual({ hidden: false });
    places.save({ corner: "top_start", hidden: true });
    expect(places.load()).toEqual({ corner: "top_start", hidden: true });
    for (const wrong of ["", "null", "[1]", '{"corner":"middle","hidden":"yes"}']) {
      store.setItem("zufall.self", wrong);
      expect(places.load()).toEqual({ hidden: false });
    }
  });
});
