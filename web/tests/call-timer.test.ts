import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Conversation, Link } from "../src/core/call/state";
import type { Mode } from "../src/messages.generated";
import { CallTimer } from "../src/signs/call-timer";
import { memoryStore } from "./helpers";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const talk = (match: string, mode: Mode, link: Link = "connecting") =>
  ({ match, mode, link }) as unknown as Conversation;

function build(tab = memoryStore(), locale = "en") {
  const element = { hidden: true, dateTime: "" };
  const face = { textContent: "" };
  const timer = new CallTimer({ element, face, tab, locale });
  return { timer, element, face, tab };
}

describe("the time of a call", () => {
  test("runs from the connection on, with a value that programs can read", () => {
    const { timer, element, face } = build();
    timer.update(talk("m1", "video"));
    vi.advanceTimersByTime(5_000);
    expect(element.hidden).toBe(true);
    timer.update(talk("m1", "video", "connected"));
    vi.advanceTimersByTime(65_000);
    expect([element, face.textContent]).toEqual([{ hidden: false, dateTime: "PT65S" }, "1:05"]);
  });

  test("of a text conversation runs from the match on", () => {
    const { timer, element, face } = build();
    timer.update(talk("m1", "text"));
    expect([element.hidden, face.textContent]).toEqual([false, "0:00"]);
  });

  test("goes on while the connection is interrupted, and begins anew with the next stranger", () => {
    const { timer, element, face } = build();
    timer.update(talk("m1", "audio", "connected"));
    timer.update(talk("m1", "audio", "interrupted"));
    vi.advanceTimersByTime(10_000);
    expect(face.textContent).toBe("0:10");
    timer.update(talk("m2", "audio"));
    expect(element.hidden).toBe(true);
    timer.update(talk("m2", "audio", "connected"));
    expect(face.textContent).toBe("0:00");
  });

  test("ends with the call", () => {
    const { timer, element } = build();
    timer.update(talk("m1", "text"));
    timer.update(undefined);
    expect(element.hidden).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("counts on after a reload", () => {
    const before = build();
    before.timer.update(talk("m1", "text"));
    vi.advanceTimersByTime(90_000);
    const after = build(before.tab);
    after.timer.update(talk("m1", "text"));
    expect(after.face.textContent).toBe("1:30");
    const other = build(before.tab);
    other.timer.update(talk("m2", "text"));
    expect(other.face.textContent).toBe("0:00");
  });
});
