import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ClockReading, hasSlept } from "../src/core/sleep-detection";
import { watchNetwork } from "../src/signaling/network-watch";

const look = (wall: number, hidden = false, monotonic = wall): ClockReading => ({
  wall: wall * 1000,
  monotonic: monotonic * 1000,
  hidden,
});

describe("sleep", () => {
  test.each([
    ["a tab in sight", look(0), look(19), false],
    ["a tab in sight that stood still", look(0), look(20), true],
    ["a hidden tab that runs once a minute", look(0, true), look(61, true), false],
    ["a hidden tab that did not even do that", look(0, true), look(90, true), true],
    ["a hidden tab on a device whose other clock stood still", look(0, true), look(40, true, 20), true],
    ["a hidden tab whose clock was corrected a little", look(0, true), look(30, true, 11), false],
    ["a clock that was put back", look(100), look(0, false, 105), false],
  ])("%s", (_, before, now, asleep) => {
    expect(hasSlept(before, now)).toBe(asleep);
  });
});

describe("the network watch", () => {
  class Page extends EventTarget {
    hidden = false;
  }
  class Connection extends EventTarget {
    constructor(public type?: string) {
      super();
    }
  }

  function watch(connection?: Connection) {
    const [outside, page, seen] = [new EventTarget(), new Page(), [] as string[]];
    vi.stubGlobal("addEventListener", outside.addEventListener.bind(outside));
    vi.stubGlobal("document", page);
    vi.stubGlobal("navigator", { connection });
    watchNetwork({
      onGone: () => seen.push("gone"),
      onRenewed: () => seen.push("renewed"),
      onShown: () => seen.push("shown"),
    });
    const tell = (type: string, more = {}) => outside.dispatchEvent(Object.assign(new Event(type), more));
    const show = (visible: boolean) => {
      page.hidden = !visible;
      page.dispatchEvent(new Event("visibilitychange"));
    };
    return { page, seen, tell, show };
  }

  /** Simulates sleep: the wall clock goes on, and no timer runs. */
  const sleep = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);
  const wait = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test("reports a loss after three seconds, and a change when the network is back", () => {
    const { seen, tell } = watch();
    tell("offline");
    wait(2.9);
    expect(seen).toEqual([]);
    wait(0.1);
    tell("online");
    expect(seen).toEqual(["gone", "renewed"]);
  });

  test("treats a short loss as a change only", () => {
    const { seen, tell } = watch();
    tell("offline");
    wait(1);
    tell("online");
    wait(60);
    expect(seen).toEqual(["renewed"]);
  });

  test("reports a change of the network once, however many events come", () => {
    const connection = new Connection("wifi");
    const { seen, tell } = watch(connection);
    wait(10);
    connection.dispatchEvent(new Event("change"));
    expect(seen).toEqual([]);
    connection.type = "cellular";
    connection.dispatchEvent(new Event("change"));
    tell("online");
    expect(seen).toEqual(["renewed"]);
    wait(10);
    connection.type = "none";
    connection.dispatchEvent(new Event("change"));
    expect(seen).toEqual(["renewed"]);
  });

  test("notices sleep at the next look", () => {
    const { seen } = watch();
    wait(60);
    sleep(30);
    wait(5);
    wait(60);
    expect(seen).toEqual(["renewed"]);
  });

  test("looks at once when a tab is shown, and only hurries if it did not sleep", () => {
    const { seen, show } = watch();
    show(false);
    wait(600);
    show(true);
    expect(seen).toEqual(["shown"]);
    show(false);
    sleep(60);
    show(true);
    expect(seen).toEqual(["shown", "renewed", "shown"]);
  });

  test("knows that a frozen page did sleep, and that a cached page lost its socket", () => {
    const { page, seen, tell, show } = watch();
    show(false);
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + 40_000);
    sleep(40);
    page.dispatchEvent(new Event("resume"));
    expect(seen).toEqual(["renewed"]);
    vi.restoreAllMocks();
    wait(100);
    tell("pageshow", { persisted: false });
    expect(seen).toEqual(["renewed"]);
    tell("pageshow", { persisted: true });
    expect(seen).toEqual(["renewed", "renewed"]);
  });
});
