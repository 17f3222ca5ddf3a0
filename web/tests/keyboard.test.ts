import { describe, expect, test } from "vitest";
import { type Root, type Visible, watchKeyboard } from "../src/view/keyboard";

const PHONE = 844;

class ScriptedViewport extends EventTarget implements Visible {
  height = PHONE;
  offsetTop = 0;
  scale = 1;

  change(type: "resize" | "scroll", to: Partial<Visible>): void {
    Object.assign(this, to);
    this.dispatchEvent(new Event(type));
  }
}

function page() {
  const visible = new ScriptedViewport();
  const properties: Record<string, string | null> = {};
  const dataset: DOMStringMap = {};
  const style: Root["style"] = {
    setProperty: (name, value) => {
      properties[name] = value;
    },
  };
  watchKeyboard(visible, { clientHeight: PHONE, dataset, style });
  return { visible, properties, dataset };
}

describe("a keyboard over the page", () => {
  test("leaves a part of the page, which is told and may move", () => {
    const { visible, properties, dataset } = page();
    expect(dataset).toEqual({});
    visible.change("resize", { height: 508 });
    expect(dataset).toEqual({ keyboard: "over" });
    expect(properties).toEqual({ "--visible-top": "0px", "--visible-height": "508px" });
    visible.change("scroll", { offsetTop: 210 });
    expect(properties).toEqual({ "--visible-top": "210px", "--visible-height": "508px" });
  });

  test("is gone when all is visible again, also if the page stays moved", () => {
    const { visible, dataset } = page();
    visible.change("resize", { height: 508, offsetTop: 210 });
    visible.change("resize", { height: PHONE });
    expect(dataset).toEqual({});
  });

  test("is neither a scrollbar, nor a page that two fingers enlarged", () => {
    const { visible, dataset } = page();
    visible.change("resize", { height: PHONE - 17 });
    visible.change("resize", { height: PHONE / 2, scale: 2 });
    expect(dataset).toEqual({});
  });
});

test("an old browser without a visual viewport stays as it is", () => {
  const dataset: DOMStringMap = {};
  watchKeyboard(null, { clientHeight: PHONE, dataset, style: { setProperty: () => {} } });
  expect(dataset).toEqual({});
});
