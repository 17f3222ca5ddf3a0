import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { QueueStream } from "../../console/src/queue-stream";

/** A stream as the browser opens it. Only those that are not closed hold a connection. */
class Source extends EventTarget {
  static opened: Source[] = [];
  onerror: (() => void) | undefined;
  closed = false;
  constructor(readonly address: string) {
    super();
    Source.opened.push(this);
  }
  close(): void {
    this.closed = true;
  }
}

class Page extends EventTarget {
  hidden = false;
  show(shown: boolean): void {
    this.hidden = !shown;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

let page: Page;
let checks: number;
const connections = () => Source.opened.filter(({ closed }) => !closed).length;
const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  page = new Page();
  checks = 0;
  Source.opened = [];
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("document", page);
  vi.stubGlobal("EventSource", Source);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function stream(reachable = () => true): QueueStream {
  return new QueueStream({
    onQueue: () => {},
    onTeam: () => {},
    onAuditProblems: () => {},
    onConnectionChange: () => {},
    checkSession: async () => {
      checks += 1;
      if (!reachable()) throw new Error("unreached");
    },
  });
}

test("a page that is hidden holds no connection, and takes one again when it is shown", async () => {
  stream().start();
  expect(connections()).toBe(1);
  page.show(false);
  expect(connections()).toBe(0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([connections(), checks]).toEqual([0, 0]);
  page.show(true);
  await settled();
  expect([connections(), checks]).toEqual([1, 1]);
});

test("a page that is opened in the background waits until it is shown", async () => {
  page.hidden = true;
  stream().start();
  expect(connections()).toBe(0);
  page.show(true);
  await settled();
  expect(connections()).toBe(1);
});

test("a page that is shown and hidden at once opens nothing", async () => {
  stream().start();
  page.show(false);
  page.show(true);
  page.show(false);
  await settled();
  expect(connections()).toBe(0);
});

test("a hidden page does not ask for a service that is away", async () => {
  stream(() => false).start();
  page.show(false);
  page.show(true);
  page.show(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([connections(), checks]).toEqual([0, 1]);
});

test("nobody is asked for a session before somebody has logged in", async () => {
  stream();
  page.show(false);
  page.show(true);
  await settled();
  expect([connections(), checks]).toEqual([0, 0]);
});
