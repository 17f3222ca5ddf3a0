import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ArrivalNotification } from "../src/arrival/arrival-notification";
import { settle } from "./helpers";

class FakeNotification {
  static shown: FakeNotification[] = [];
  onclick?: () => void;
  open = true;

  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    FakeNotification.shown.push(this);
  }

  close(): void {
    this.open = false;
  }
}

/** Android's browsers have the class, but no page may construct one. */
class Illegal {
  constructor() {
    throw new TypeError("Illegal constructor");
  }
}

const focus = vi.fn();
const open = () => FakeNotification.shown.filter((one) => one.open);

beforeEach(() => {
  vi.useFakeTimers();
  FakeNotification.shown = [];
  focus.mockReset();
  vi.stubGlobal("window", { focus });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a notification", () => {
  beforeEach(() => vi.stubGlobal("Notification", FakeNotification));

  test("says that somebody is here, and nothing of whom", async () => {
    await new ArrivalNotification("Zufall").show("Somebody is here.");
    expect(open().map(({ title, options }) => [title, options.body])).toEqual([
      ["Zufall", "Somebody is here."],
    ]);
  });

  test("that is pressed shows the page, and closes", async () => {
    await new ArrivalNotification("Zufall").show("Somebody is here.");
    FakeNotification.shown[0]?.onclick?.();
    expect([focus.mock.calls.length, open()]).toEqual([1, []]);
  });

  test("closes when the stranger is gone, and that may be said twice", async () => {
    const notification = new ArrivalNotification("Zufall");
    notification.close();
    await notification.show("Somebody is here.");
    notification.close();
    notification.close();
    expect(open()).toEqual([]);
  });
});

describe("on Android", () => {
  const registration = {
    showNotification: async (title: string, options: NotificationOptions) =>
      void new FakeNotification(title, options),
    getNotifications: async ({ tag }: { tag: string }) => open().filter(({ options }) => options.tag === tag),
  };

  beforeEach(() => {
    vi.stubGlobal("Notification", Illegal);
    vi.stubGlobal("navigator", { serviceWorker: { getRegistration: async () => registration } });
  });

  test("the service worker shows it, and it is closed there", async () => {
    const notification = new ArrivalNotification("Zufall");
    await notification.show("Somebody is here.");
    expect(open()).toHaveLength(1);
    notification.close();
    await settle();
    expect(open()).toEqual([]);
  });

  test("none is shown for a stranger who has gone meanwhile", async () => {
    const slowly = new Promise<typeof registration>((resolve) =>
      setTimeout(() => resolve(registration), 100),
    );
    const getRegistration = vi.fn(async () => registration).mockReturnValueOnce(slowly);
    vi.stubGlobal("navigator", { serviceWorker: { getRegistration } });
    const notification = new ArrivalNotification("Zufall");
    const shown = notification.show("Somebody is here.");
    notification.close();
    await vi.advanceTimersByTimeAsync(100);
    await shown;
    await settle();
    expect(open()).toEqual([]);
  });

  test("a site without a service worker shows none", async () => {
    vi.stubGlobal("navigator", { serviceWorker: { getRegistration: async () => undefined } });
    await new ArrivalNotification("Zufall").show("Somebody is here.");
    expect(open()).toEqual([]);
  });
});
