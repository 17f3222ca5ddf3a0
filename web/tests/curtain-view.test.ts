import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Waits } from "../src/core/curtain";
import type { PageEvent } from "../src/page-state";
import { CurtainView } from "../src/view/curtain";
import { translatorFor } from "./translators";

class FakeElement extends EventTarget {
  hidden = true;
  textContent = "";
  onclick?: () => void;
  readonly dataset: Record<string, string> = {};
  readonly classList = { toggle: () => {} };
}

class FakePage extends EventTarget {
  readonly documentElement = new FakeElement();
  activeElement = null;
  readonly elements: Record<string, FakeElement> = {};

  getElementById(id: string): FakeElement {
    this.elements[id] ??= new FakeElement();
    return this.elements[id];
  }
}

let page: FakePage;
let done: PageEvent[];
let view: CurtainView;

beforeEach(() => {
  vi.useFakeTimers(); // for what is announced later
  page = new FakePage();
  done = [];
  vi.stubGlobal("document", page);
  view = new CurtainView(translatorFor("en"), (event) => done.push(event));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const curtain = () => page.getElementById("curtain");
const words = () => page.getElementById("curtain-text").textContent;
const button = () => page.getElementById("lift");
const wait = (waits: Waits) => view.render({ shows: "hidden", waits, atOnce: false });

const BLURRED = "You both start blurred";
const TALK = "You can already talk.";

test.each<[Waits, string, string | undefined]>([
  ["soon", `${BLURRED}. Clearing by itself in a moment… ${TALK}`, "Show me now"],
  ["both", `${BLURRED}, until you are both ready. ${TALK}`, "Show me now"],
  ["me", "They are ready to be seen", "Show me now"],
  ["them", `Waiting until they are ready to be seen. ${TALK}`, undefined],
  ["way", "They will see you when the connection is back", undefined],
  ["check", `Checking their picture… ${TALK}`, "Show anyway"],
  ["choice", "They are ready to be seen", "Show anyway"],
])("a curtain that waits for %j says so, and its button says what it does", (waits, text, does) => {
  wait(waits);
  expect([curtain().hidden, words()]).toEqual([false, text]);
  expect([button().hidden, does && button().textContent]).toEqual([does === undefined, does]);
});

test("its button lifts it", () => {
  wait("soon");
  button().onclick?.();
  expect(done).toEqual([{ type: "lift_curtain", asked: true }]);
});

test("the curtain makes room for the cover of a picture that may be indecent, and is gone when the picture is clear", () => {
  wait("cover");
  expect(curtain().hidden).toBe(true);
  view.render({ shows: "clear", waits: "both", atOnce: false });
  expect([curtain().hidden, button().hidden]).toEqual([true, true]);
});
