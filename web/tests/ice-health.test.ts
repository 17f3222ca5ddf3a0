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
  test("an interruption that passes is one; one that lasts is a failure", () => {
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

  test("a connection that never comes about is a failure", () => {
    const { links } = build(true);
    wait(15);
    expect(links).toEqual(["failed"]);
  });

  test.each([false, true])("time does not run out while signals cannot pass (polite: %s)", (polite) => {
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

  test("time begins anew when signals pass again, even if it was not known that they did not", () => {
    const { health, links } = build(true);
    wait(10);
    health.signalsRestored(true);
    wait(14);
    expect(links).toEqual([]);
    wait(1);
    expect(links).toEqual(["failed"]);
  });

  test("after the end nothing is told", () => {
    const { health, links, restarts } = build();
    health.changed("connected");
    health.changed("disconnected");
    health.networkChanged();
    health.close();
    wait(60);
    expect([links, restarts()]).toEqual([["connected", "interrupted"], 1]);
  });
});

describe("restarting", () => {
  test("at once when it failed, after three seconds when it is away", () => {
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

  test("an absence that passes needs none", () => {
    const { health, restarts } = build();
    health.changed("disconnected");
    wait(2);
    health.changed("connected");
    wait(30);
    expect(restarts()).toBe(0);
  });

  test("twice, and again twice after a success", () => {
    const { health, restarts } = build();
    for (let time = 0; time < 4; time++) health.changed("failed");
    expect(restarts()).toBe(2);
    health.changed("connected");
    for (let time = 0; time < 4; time++) health.changed("failed");
    expect(restarts()).toBe(4);
  });

  test("is the business of the impolite side", () => {
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

  test("is not needed where an offer is still to be answered, or where all is well", () => {
    const { health, restarts } = build();
    health.signalsRestored(true);
    health.changed("connected");
    health.signalsRestored(false);
    expect(restarts()).toBe(0);
  });
});

describe.each([false, true])("my network changed (polite: %s)", (polite) => {
  test("what is broken is restarted at once", () => {
    const { health, restarts } = build(polite);
    health.changed("disconnected");
    health.networkChanged();
    expect(restarts()).toBe(1);
  });

  test("what goes on is left alone", () => {
    const { health, restarts } = build(polite);
    health.networkChanged();
    health.changed("connected");
    health.networkChanged();
    wait(60);
    expect(restarts()).toBe(0);
  });

  test("what stops within twenty seconds is restarted at once, and once", () => {
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

  test("what stops later has another reason", () => {
    const { health, restarts } = build(polite);
    health.changed("connected");
    health.networkChanged();
    wait(20);
    health.changed("disconnected");
    expect(restarts()).toBe(0);
  });
});
