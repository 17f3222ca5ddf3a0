import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Link } from "../src/core/call/state";
import { IceHealth } from "../src/peer/ice-health";

function build(polite = false) {
  const links: Link[] = [];
  const restart = vi.fn();
  const health = new IceHealth({ polite, onLink: (link) => links.push(link), restart });
  const restarts = () => restart.mock.calls.length;
  return { health, links, restarts };
}

const wait = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("giving up", () => {
  test("a short interruption is reported as one, and a long one as a failure", () => {
    const { health, links } = build(true);
    health.changed("connected");
    health.changed("disconnected");
    wait(14);
    health.changed("connected");
    wait(30);
    expect(links).toEqual(["connected", "interrupted", "connected"]);
    health.changed("disconnected");
    wait(15);
    expect(links.slice(3)).toEqual(["interrupted", "failed"]);
  });

  test("a connection that never comes is a failure", () => {
    const { links } = build(true);
    wait(15);
    expect(links).toEqual(["failed"]);
  });

  test.each([false, true])("the time stops while signals do not pass (polite: %s)", (polite) => {
    const { health, links } = build(polite);
    wait(10);
    health.signalsLost();
    health.changed("failed");
    wait(60);
    expect(links).toEqual(["interrupted"]);
    health.signalsRestored(false);
    wait(14);
    expect(links).toEqual(["interrupted"]);
    wait(1);
    expect(links).toEqual(["interrupted", "failed"]);
  });

  test("the time starts anew when signals pass again, even if their loss was not noticed", () => {
    const { health, links } = build(true);
    wait(10);
    health.signalsRestored(true);
    wait(14);
    expect(links).toEqual([]);
    wait(1);
    expect(links).toEqual(["failed"]);
  });

  test("nothing is reported after close", () => {
    const { health, links, restarts } = build();
    health.changed("connected");
    health.changed("disconnected");
    health.networkChanged();
    health.close();
    wait(60);
    expect([links, restarts()]).toEqual([["connected", "interrupted"], 1]);
  });
});

describe("a restart", () => {
  test("comes at once after a failure, and after three seconds without a connection", () => {
    const { health, restarts } = build();
    health.changed("failed");
    expect(restarts()).toBe(1);
    health.changed("connected");
    health.changed("disconnected");
    wait(2.9);
    expect(restarts()).toBe(1);
    wait(0.1);
    expect(restarts()).toBe(2);
  });

  test("is not needed after a short interruption", () => {
    const { health, restarts } = build();
    health.changed("disconnected");
    wait(2);
    health.changed("connected");
    wait(30);
    expect(restarts()).toBe(0);
  });

  test("is tried twice, and twice again after a success", () => {
    const { health, restarts } = build();
    for (let time = 0; time < 4; time++) health.changed("failed");
    expect(restarts()).toBe(2);
    health.changed("connected");
    for (let time = 0; time < 4; time++) health.changed("failed");
    expect(restarts()).toBe(4);
  });

  test("is made by the impolite side", () => {
    const { health, restarts } = build(true);
    health.changed("failed");
    health.signalsRestored(false);
    wait(30);
    expect(restarts()).toBe(0);
  });

  test("waits until signals pass again", () => {
    const { health, restarts } = build();
    health.changed("disconnected");
    health.signalsLost();
    health.changed("failed");
    wait(30);
    expect(restarts()).toBe(0);
    health.signalsRestored(false);
    expect(restarts()).toBe(1);
  });

  test("is not needed with an unanswered offer or a working connection", () => {
    const { health, restarts } = build();
    health.signalsRestored(true);
    health.changed("connected");
    health.signalsRestored(false);
    expect(restarts()).toBe(0);
  });
});

describe.each([false, true])("after a network change (polite: %s)", (polite) => {
  test("a broken connection restarts at once", () => {
    const { health, restarts } = build(polite);
    health.changed("disconnected");
    health.networkChanged();
    expect(restarts()).toBe(1);
  });

  test("a working connection is left alone", () => {
    const { health, restarts } = build(polite);
    health.networkChanged();
    health.changed("connected");
    health.networkChanged();
    wait(60);
    expect(restarts()).toBe(0);
  });

  test("a connection that breaks within twenty seconds restarts at once, and once", () => {
    const { health, restarts } = build(polite);
    health.changed("connected");
    health.networkChanged();
    wait(19);
    health.changed("disconnected");
    expect(restarts()).toBe(1);
    health.changed("connected");
    health.changed("disconnected");
    expect(restarts()).toBe(1);
  });

  test("a connection that breaks later has another reason", () => {
    const { health, restarts } = build(polite);
    health.changed("connected");
    health.networkChanged();
    wait(20);
    health.changed("disconnected");
    expect(restarts()).toBe(0);
  });
});
