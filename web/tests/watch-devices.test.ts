import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { permissionOf } from "../src/devices/permissions";
import { HIDDEN_MS, watchDevices } from "../src/devices/watch-devices";
import { settle } from "./helpers";

const fresh = () => ({
  camera: Object.assign(new EventTarget(), { state: "denied" }),
  microphone: Object.assign(new EventTarget(), { state: "prompt" }),
});
let status = fresh();
let page = new EventTarget();
let view: EventTarget & { hidden: boolean };
let done: unknown[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  done = [];
  status = fresh();
  page = new EventTarget();
  view = Object.assign(new EventTarget(), { hidden: false });
  vi.stubGlobal("document", view);
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  const query = async ({ name }: { name: keyof ReturnType<typeof fresh> }) => status[name];
  vi.stubGlobal("navigator", { permissions: { query } });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const look = (hidden: boolean) => {
  view.hidden = hidden;
  view.dispatchEvent(new Event("visibilitychange"));
};

test("a tab that is hidden for a while says so, and again, until somebody looks", async () => {
  watchDevices((event) => done.push(event.type));
  look(true);
  await vi.advanceTimersByTimeAsync(HIDDEN_MS - 1);
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(HIDDEN_MS + 1);
  expect(done).toEqual(["unwatched", "unwatched"]);
  look(false);
  await vi.advanceTimersByTimeAsync(10 * HIDDEN_MS);
  expect(done).toEqual(["unwatched", "unwatched", "watched"]);
});

test("a look at another tab changes nothing", async () => {
  watchDevices((event) => done.push(event.type));
  look(true);
  await vi.advanceTimersByTimeAsync(HIDDEN_MS / 2);
  look(false);
  await vi.advanceTimersByTimeAsync(HIDDEN_MS);
  expect(done).toEqual(["watched"]);
});

test("who leaves the page is seen leaving at once, and coming back", () => {
  watchDevices((event) => done.push(event.type));
  page.dispatchEvent(new Event("pagehide"));
  page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
  page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  expect(done).toEqual(["unwatched", "watched"]);
});

test("a device that is allowed later is noticed, and one that is refused is not", async () => {
  watchDevices((event) => done.push(event));
  await settle();
  status.camera.state = "granted";
  status.camera.dispatchEvent(new Event("change"));
  status.microphone.state = "denied";
  status.microphone.dispatchEvent(new Event("change"));
  expect(done).toEqual([{ type: "permitted", kind: "video" }]);
});

test("a browser that does not say is one that may ask", async () => {
  vi.stubGlobal("navigator", {});
  expect(await permissionOf("video")).toBeUndefined();
  const query = async () => Promise.reject(new TypeError("unknown name"));
  vi.stubGlobal("navigator", { permissions: { query } });
  expect(await permissionOf("audio")).toBeUndefined();
});
