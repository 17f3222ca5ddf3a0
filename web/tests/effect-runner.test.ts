import { expect, test, vi } from "vitest";
import type { Conversation, Effect } from "../src/core/call/state";
import { EffectRunner, type EffectRunnerParts } from "../src/effect-runner";
import type { Candidates } from "../src/messages.generated";
import { inCall, reach } from "./calls";

/** Builds a runner whose parts only record their calls, in order. */
function build() {
  const done: string[] = [];
  const does = (name: string) => (what?: unknown) => void done.push(what ? `${name} ${what}` : name);
  const peer = {
    receive: async () => {
      done.push("receive");
      throw new DOMException("no", "OperationError");
    },
    setReachable: does("reach"),
    updateIce: ({ policy }: { policy: string }) => done.push(`refresh ${policy}`),
  };
  const parts = {
    signaling: {
      connect: does("connect"),
      disconnect: does("disconnect"),
      send: (message: { type: string; pass?: string }) => done.push(`send ${message.pass ?? message.type}`),
    },
    callMedia: { open: () => done.push("talk"), close: does("silence"), peer: peer as unknown },
    nudityGuard: { allowRetry: does("guard again") },
    safety: {
      conversationOpened: () => done.push("remember"),
      conversationClosing: () => done.push("keep"),
      passRenewed: (match: string, pass: string) => done.push(`renew ${match} ${pass}`),
    },
    blocks: { passes: () => ["p1", "p2"], forget: does("forget") },
    reports: { retry: does("report") },
    chat: { value: { showTyping: does("types") } },
  };
  const runner = new EffectRunner(parts as unknown as EffectRunnerParts);
  const run = (effect: Effect, before?: Conversation) => {
    done.length = 0;
    runner.run(effect, before);
    return done;
  };
  return { run, parts };
}

const conversation = reach(...inCall)[0].conversation as Conversation;

test("each effect calls its part", () => {
  const { run } = build();
  expect(run({ type: "connect" })).toEqual(["connect"]);
  expect(run({ type: "disconnect" })).toEqual(["disconnect"]);
  expect(run({ type: "send", message: { type: "stop" } })).toEqual(["send stop"]);
  expect(run({ type: "update_ice", ice: { servers: [], policy: "relay" } })).toEqual(["refresh relay"]);
  expect(run({ type: "set_reachable", reachable: true })).toEqual(["reach true"]);
  expect(run({ type: "show_typing" })).toEqual(["types"]);
  expect(run({ type: "pass_renewed", match: "m1", pass: "p2" })).toEqual(["renew m1 p2"]);
});

test("blocks are sent until a memory confirms them", () => {
  const { run } = build();
  expect(run({ type: "send_blocks" })).toEqual(["send p1", "send p2", "report"]);
  expect(run({ type: "block_confirmed", match: "m1" })).toEqual(["forget m1"]);
});

test("a partner is stored at the start, and kept for a while after the end", () => {
  const { run } = build();
  expect(run({ type: "open_media", conversation })).toEqual(["remember", "guard again", "talk"]);
  expect(run({ type: "close_media" }, conversation)).toEqual(["keep", "silence"]);
  expect(run({ type: "close_media" })).toEqual(["silence"]);
});

test("a signal that the browser refuses does no harm, and a text chat ignores signals", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const { run, parts } = build();
  const signal: Candidates = { type: "candidates", match: "m1", candidates: [] };
  expect(run({ type: "signal", signal })).toEqual(["receive"]);
  await new Promise((resolve) => setTimeout(resolve));
  expect(warned.mock.calls).toEqual([["The browser refused a signal:", "OperationError"]]);
  parts.callMedia.peer = undefined;
  expect(run({ type: "signal", signal })).toEqual([]);
  vi.restoreAllMocks();
});
