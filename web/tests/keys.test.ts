import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Call } from "../src/core/call/state";
import type { PageEvent, PageState } from "../src/page-state";
import { BarView } from "../src/view/bar";
import { ignoreHeldEnter } from "../src/view/held-keys";
import { inCall, reach, start } from "./calls";

class Input {
  type = "text";
  constructor(public value = "") {}
}
class TextArea extends Input {}

/** A document with nothing but listeners, and elements that only exist. */
class Elements extends EventTarget {
  readonly dialogs: object[] = [];
  private readonly known: Record<string, object> = {};

  getElementById(id: string): object {
    this.known[id] ??= { setAttribute: () => {}, classList: { toggle: () => {} } };
    return this.known[id];
  }

  querySelector(): object | null {
    return this.dialogs[0] ?? null;
  }
}

let page: Elements;

beforeEach(() => {
  page = new Elements();
  vi.stubGlobal("document", page);
  vi.stubGlobal("HTMLInputElement", Input);
  vi.stubGlobal("HTMLTextAreaElement", TextArea);
});
afterEach(() => vi.unstubAllGlobals());

/** Presses a key on an element. Returns whether the browser is kept from its own answer. */
function press(key: string, target: object = {}, repeat = false): boolean {
  const event = Object.assign(new Event("keydown", { cancelable: true }), {
    key,
    repeat,
    isComposing: false,
  });
  Object.defineProperty(event, "target", { value: target });
  page.dispatchEvent(event);
  return event.defaultPrevented;
}

describe("a held Enter", () => {
  beforeEach(() => ignoreHeldEnter());

  test("presses nothing but the first button", () => {
    expect([press("Enter"), press("Enter", {}, true), press("Enter", {}, true)]).toEqual([false, true, true]);
  });

  test("sends no field either, and makes lines in a longer text", () => {
    expect([press("Enter", new Input(), true), press("Enter", new TextArea(), true)]).toEqual([true, false]);
  });

  test("is the only held key that is ignored", () => {
    expect([press("ArrowDown", {}, true), press("a", new Input(), true)]).toEqual([false, false]);
  });
});

describe("Escape", () => {
  const media = { muted: false, cameraOff: false, track: () => undefined };

  function during(call: Call): PageEvent[] {
    const done: PageEvent[] = [];
    new BarView(media, (event) => done.push(event)).render({ call } as PageState);
    return done;
  }

  test("clears a line that is being typed, and is Next only then", () => {
    const done = during(reach(...inCall)[0]);
    const message = new Input("my name is");
    expect([press("Escape", message), message.value, done]).toEqual([true, "", []]);
    expect([press("Escape", message), done]).toEqual([true, [{ type: "next" }]]);
  });

  test("clears a note in a dialog before the browser closes it", () => {
    const done = during(reach(...inCall)[0]);
    page.dialogs.push({});
    const note = new Input("he said");
    expect([press("Escape", note), note.value]).toEqual([true, ""]);
    expect([press("Escape", note), done]).toEqual([false, []]);
  });

  test("clears an interest, and leaves a longer text and a checkbox alone", () => {
    during(reach(start)[0]);
    const [interest, appeal, box] = [new Input("che"), new TextArea("It was not me"), new Input("on")];
    appeal.type = "textarea";
    box.type = "checkbox";
    for (const field of [interest, appeal, box]) press("Escape", field);
    expect([interest.value, appeal.value, box.value]).toEqual(["", "It was not me", "on"]);
  });

  test("that is held is one Escape", () => {
    const done = during(reach(...inCall)[0]);
    const message = new Input("hi");
    press("Escape", message);
    press("Escape", message, true);
    expect(done).toEqual([]);
  });
});
