import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { QualityView } from "../src/view/quality";
import { translatorFor } from "./translators";

interface FakeElement {
  hidden: boolean;
  textContent: string;
  ariaLabel?: string;
  ariaExpanded?: string;
  onclick?: () => void;
  onpointerenter?: (event: { pointerType: string }) => void;
  onpointerleave?: () => void;
}

class FakePage extends EventTarget {
  readonly documentElement = { dataset: {} as Record<string, string> };
  readonly elements: Record<string, FakeElement> = {};

  getElementById(id: string): FakeElement {
    this.elements[id] ??= { hidden: true, textContent: "" };
    return this.elements[id];
  }
}

let page: FakePage;
let view: QualityView;
let label: FakeElement;
let meaning: FakeElement;
let announcer: FakeElement;

beforeEach(() => {
  page = new FakePage();
  vi.stubGlobal("document", page);
  view = new QualityView(translatorFor("en"));
  label = page.getElementById("quality");
  meaning = page.getElementById("quality-meaning");
  announcer = page.getElementById("announcer");
});
afterEach(() => vi.unstubAllGlobals());

const MEANS = "Video is less sharp or delayed to keep the call going.";
const WHY = "The stranger's connection is weak.";

/** Returns whether the key was taken, so that it means nothing else. */
function press(key: string): boolean {
  const event = Object.assign(new Event("keydown", { cancelable: true }), { key });
  page.dispatchEvent(event);
  return event.defaultPrevented;
}

describe("the word for the connection", () => {
  test("has a name, and is explained only on request", () => {
    view.render("fair", false);
    expect(label).toMatchObject({ hidden: false, textContent: "Fair", ariaLabel: "Connection: Fair" });
    expect(meaning).toMatchObject({ hidden: true, textContent: MEANS });
    label.onclick?.();
    expect([meaning.hidden, label.ariaExpanded]).toEqual([false, "true"]);
    label.onclick?.();
    expect([meaning.hidden, label.ariaExpanded]).toEqual([true, "false"]);
  });

  test("says whose side it is, if that is known, and not of a good connection", () => {
    view.render("fair", false, WHY);
    expect(meaning.textContent).toBe(WHY);
    view.render("good", false, WHY);
    expect(meaning.textContent).not.toBe(WHY);
  });

  test("is explained to a mouse over it, and a press keeps that", () => {
    view.render("fair", false);
    label.onpointerenter?.({ pointerType: "touch" });
    expect(meaning.hidden).toBe(true);
    label.onpointerenter?.({ pointerType: "mouse" });
    expect(meaning.hidden).toBe(false);
    label.onpointerleave?.();
    expect(meaning.hidden).toBe(true);
    label.onpointerenter?.({ pointerType: "mouse" });
    label.onclick?.();
    label.onpointerleave?.();
    expect(meaning.hidden).toBe(false);
  });

  test("is announced once when it becomes weak, with the reason", () => {
    view.render("fair", false);
    expect(announcer.textContent).toBe("");
    view.render("weak", false, WHY);
    expect(announcer.textContent).toBe(`Connection: Weak. ${WHY}`);
    announcer.textContent = "";
    view.render("weak", false, "another sentence");
    view.render("good", false);
    expect(announcer.textContent).toBe("");
  });
});

describe("the explanation", () => {
  test("closes by Escape, which then is not Next", () => {
    view.render("fair", false);
    expect(press("Escape")).toBe(false);
    label.onclick?.();
    expect(press("a")).toBe(false);
    expect([press("Escape"), meaning.hidden]).toEqual([true, true]);
  });

  test("closes by a press elsewhere, and with the call", () => {
    view.render("fair", false);
    label.onclick?.();
    page.dispatchEvent(new Event("pointerdown"));
    expect(meaning.hidden).toBe(true);
    label.onclick?.();
    view.render(undefined, false);
    expect([meaning.hidden, label.hidden]).toEqual([true, true]);
  });
});
