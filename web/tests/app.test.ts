import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { App, type AppParts } from "../src/app";
import type { Call, Conversation, Effect } from "../src/core/call/state";
import type { Faults } from "../src/devices/request-media";
import type { PageEvent, PageState } from "../src/page-state";
import { loadPreferences, savePreferences } from "../src/preferences";
import { loadSettings, saveSettings } from "../src/settings";
import { frame, inCall, matched, reach, start, welcome, wish } from "./calls";
import { memoryStore, settle } from "./helpers";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { getElementById: () => ({}) });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Builds a page whose parts only record their calls. */
function build({
  given = true,
  ready = true,
  guarded = false,
  savesData = false,
  returning = {} as Partial<Call>,
} = {}) {
  const done: string[] = [];
  const drawn: PageState[] = [];
  const store = memoryStore();
  const consent = {
    given,
    give: () => {
      consent.given = true;
      done.push("give");
    },
  };
  const does = (name: string) => (what?: unknown) => void done.push(what ? `${name} ${what}` : name);
  const effect = (it: Effect) => done.push(it.type === "send" ? `send ${it.message.type}` : it.type);
  const checked = { state: "loading", mine: "fine", theirs: "unknown" };
  const late = { pending: false, retryNow: async () => void done.push("ask site") };
  const parts = {
    store,
    consent,
    preferences: loadPreferences(store, ["en"]),
    settings: loadSettings(store),
    notices: { current: () => undefined },
    returning,
    configRetry: late,
    media: {
      state: "none",
      suits: () => ready,
      use: async (mode: string) => void done.push(`use ${mode}`),
      faults: {} as Faults,
      /** Until then, devices are being opened. */
      opened: Promise.resolve(),
      async switchTo(mode: string) {
        done.push(`switch to ${mode}`);
        await this.opened;
        if (!this.faults.audio) this.mode = mode;
        return this.faults;
      },
      mode: "video",
      goOnWithoutMicrophone: async () => void done.push("without microphone"),
      permitted: async (kind: string) => void done.push(`permitted ${kind}`),
      toggleMute: does("mute"),
      toggleCamera: async () => void done.push("camera"),
    },
    deviceManager: { update: () => {}, settingsChanged: async () => void done.push("devices") },
    callMedia: { prepareConnection: () => {} },
    effects: { run: effect },
    safety: {
      canReportLast: false,
      report: (...args: unknown[]) => done.push(`report ${args}`),
    },
    recents: { change: () => {} },
    preconnect: { allow: does("be ready"), takeOver: does("take socket"), goOn: does("go on") },
    curtain: { update: guarded ? does("curtain") : () => {} },
    views: [{ render: (state: PageState) => drawn.push(state) }],
    page: { announcePhase: () => {}, focus: does("focus") },
    unreadTitle: { render: () => {} },
    nudityGuard: {
      load: does("want guard"),
      value: guarded ? { update: does("guard"), checked } : undefined,
    },
    callExtras: { load: does("want call"), value: undefined },
    banController: { load: does("want notice"), value: undefined },
    savesData,
  };
  const app = new App({ ...parts, translator: { text: (key: string) => key } } as unknown as AppParts);
  const on = (...events: PageEvent[]) => {
    for (const event of events) app.dispatch(event);
    return done.splice(0);
  };
  return { app, on, done, drawn, store, late, consent, media: parts.media, checked };
}

describe("an event", () => {
  test("of the call changes the state, and every view renders the new state", () => {
    const { app, on, drawn } = build();
    expect(on(...inCall.slice(1))).toEqual(["send_blocks"]);
    expect([app.state.call.online, drawn.at(-1)?.call]).toEqual([true, app.state.call]);
  });

  test("of the visitor reaches the right part", () => {
    const { on } = build();
    expect(on({ type: "mute" }, { type: "camera" })).toEqual(["mute", "camera"]);
    expect(on({ type: "retry_media" })).toEqual(["use video"]);
    expect(on({ type: "go_on_without_microphone" })).toEqual(["without microphone"]);
    expect(on({ type: "permitted", kind: "audio" })).toEqual(["permitted audio"]);
    expect(on({ type: "report", whom: "left" })).toEqual(["report left,"]);
    expect(on({ type: "report", whom: "here", reason: "nudity" })).toEqual(["report here,nudity"]);
    expect(on({ type: "focus_lost" })).toHaveLength(1);
  });

  test("that changes preferences or settings stores them and requests the devices", () => {
    const { app, on, store } = build();
    expect(on({ type: "change_preferences", change: { interests: ["chess"] } })).toEqual([]);
    expect(on({ type: "change_preferences", change: { mode: "audio" } })).toEqual(["use audio"]);
    expect(loadPreferences(store, ["en"])).toEqual(app.state.preferences);
    expect(on({ type: "change_settings", change: { signing: true } })).toEqual(["devices"]);
    expect(loadSettings(store)).toEqual(app.state.settings);
  });

  test("keeps what another tab has stored meanwhile", () => {
    const { app, on, store } = build();
    saveSettings(store, { hideAddress: false });
    savePreferences(store, { avoid: ["DE"] });
    on({ type: "change_settings", change: { signing: true } });
    on({ type: "change_preferences", change: { mode: "audio" } });
    expect(loadSettings(store)).toMatchObject({ hideAddress: false, signing: true });
    expect(loadPreferences(store, ["en"])).toMatchObject({ avoid: ["DE"], mode: "audio" });
    expect(app.state.settings.hideAddress).toBe(true);
  });

  test("reaches the check of pictures before the curtain", () => {
    const { on } = build({ guarded: true });
    on(...inCall);
    const order = on({ type: "changed" }).map((what) => what.split(" ")[0]);
    expect(order).toEqual(["want", "want", "guard", "curtain"]);
  });
});

describe("a page that was loaded again in a call", () => {
  const conversation = reach(...inCall)[0].conversation as Conversation;
  const returning = { phase: "reconnecting", wish, conversation, returnsUntil: 5_000 } as const;

  test("opens the devices and the socket for it, and gives up in time", () => {
    const { app, done } = build({ returning });
    app.begin();
    expect(done.splice(0)).toEqual(["want guard", "want call", "use video", "go on"]);
    vi.advanceTimersByTime(5_001);
    expect([app.state.call.phase, done.includes("notify")]).toEqual(["idle", true]);
  });

  test("asks for consent first if there are new rules", () => {
    const { app, done } = build({ returning, given: false });
    app.begin();
    expect([app.state.call.phase, app.state.call.conversation, done]).toEqual(["consent", undefined, []]);
  });
});

describe("a newer page", () => {
  test("replaces this one at once where nothing is going on", () => {
    const { app } = build();
    const replace = vi.fn();
    app.replaceWhenIdle(replace);
    expect(replace).toHaveBeenCalledOnce();
  });

  test("waits for the end of a search and of a conversation", () => {
    const { app, on } = build();
    const replace = vi.fn();
    on(...inCall);
    app.replaceWhenIdle(replace);
    on({ type: "changed" });
    expect([app.state.call.phase, replace.mock.calls.length]).toEqual(["matched", 0]);
    on({ type: "appeared" }, { type: "next" });
    expect([app.state.call.phase, replace.mock.calls.length]).toEqual(["searching", 0]);
    on({ type: "stop" });
    expect([app.state.call.phase, replace.mock.calls.length > 0]).toEqual(["idle", true]);
  });
});

describe("before Start", () => {
  test("a call is prepared at once after consent", () => {
    const known = build();
    known.app.begin();
    expect(known.done).toEqual(["use video", "be ready"]);
    const { app, on, done } = build({ given: false });
    app.begin();
    expect(done).toEqual([]);
    expect(on({ type: "agreed" })).toEqual(["give", "use video", "be ready"]);
  });

  test("Start takes the socket, but only with the devices that the mode needs", async () => {
    const { on } = build();
    expect(on(start)).toEqual(["take socket", "connect"]);
    expect(build({ ready: false }).on(start)).toEqual([]);
  });

  test("Start waits for the site's configuration, and stops if there are new rules", async () => {
    const { app, on, done, late, consent } = build();
    late.pending = true;
    late.retryNow = async () => {
      consent.given = false;
      app.askForConsentAgain();
    };
    expect(on(start)).toEqual(["disconnect", "use text"]);
    await settle();
    expect([app.state.call.phase, done]).toEqual(["consent", []]);
  });
});

describe("the check of pictures is loaded before a call", () => {
  const changed: PageEvent = { type: "changed" };
  const off: PageEvent = { type: "change_settings", change: { check: false } };
  const talk: PageEvent = { type: "change_preferences", change: { mode: "audio" } };
  const loads = (options: Parameters<typeof build>[0], ...events: PageEvent[]) => {
    const { on, media } = build(options);
    on(...events);
    media.state = "ready";
    return on(changed).includes("want guard");
  };

  test("as soon as the camera is there", () => {
    const { on } = build();
    expect(on(changed)).not.toContain("want guard");
    expect(loads({})).toBe(true);
  });

  test("but not before the rules were accepted, and not for who saves data, wants no check or uses no camera", () => {
    expect([loads({ given: false }), loads({ savesData: true })]).toEqual([false, false]);
    expect([loads({}, off), loads({}, talk)]).toEqual([false, false]);
  });

  test("and who saves data gets it with the first video call", () => {
    expect(build({ savesData: true }).on(...inCall)).toContain("want guard");
  });

  test("the views learn when my picture was found fine", () => {
    const { on, drawn, checked } = build({ guarded: true });
    on(changed);
    checked.state = "ready";
    on(changed);
    expect(drawn.slice(-2).map(({ checkedMine }) => checkedMine)).toEqual([false, true]);
  });
});

test("an unacknowledged line is repeated by the timer until it is acknowledged", async () => {
  const { on, done } = build();
  on({ type: "start", wish: { ...wish, mode: "text" } }, frame(welcome), frame(matched));
  expect(on({ type: "say", text: "hi", id: "1" })).toContain("send chat");
  const again = async (seconds: number) => {
    done.length = 0;
    await vi.advanceTimersByTimeAsync(seconds * 1000);
    return done.filter((one) => one === "send chat").length;
  };
  expect([await again(2.9), await again(0.2), await again(5.8), await again(0.2)]).toEqual([0, 1, 0, 1]);
  on(frame({ type: "received", match: "m1", n: 1 }));
  expect(await again(600)).toBe(0);
});

test("a ban turns the devices off until it is over", () => {
  const { on } = build();
  const ban = { type: "banned", rule: "spam", automated: true, decision: "d", appeal: "a" } as const;
  expect(on(frame(ban))).toEqual(["use text", "want notice"]);
  expect(on({ type: "ban_lifted" })).toEqual(["use video", "be ready"]);
});

test("the parts for a call are loaded with the first match", () => {
  const { on } = build();
  expect(on(start, frame(welcome))).not.toContain("want call");
  expect(on(frame(matched))).toEqual(["open_media", "want guard", "want call"]);
});

describe("a page that nobody looks at", () => {
  test("gives its devices back, and takes them again when somebody looks", () => {
    const { app, on } = build();
    expect(on({ type: "watched" }), "it has them").toEqual([]);
    expect(on({ type: "unwatched" })).toEqual(["use text"]);
    on({ type: "change_preferences", change: { mode: "text" } });
    on({ type: "change_preferences", change: { mode: "audio" } });
    expect(on({ type: "watched" })).toEqual(["use audio"]);
    expect(app.state.call.phase).toBe("idle");
  });

  test("keeps them in a search, in a conversation, and gives them back after Stop", () => {
    const { on } = build();
    on(start, frame(welcome));
    expect(on({ type: "unwatched" }, { type: "watched" })).toEqual([]);
    on(frame(matched));
    expect(on({ type: "unwatched" }, { type: "watched" })).toEqual([]);
    on({ type: "stop" });
    expect(on({ type: "unwatched" })).toEqual(["use text"]);
  });

  test("does not ask for a camera before the rules are accepted", () => {
    const { on } = build({ given: false });
    expect(on({ type: "unwatched" }, { type: "watched" })).toEqual([]);
  });
});

describe("another mode in the same conversation", () => {
  const wantsAudio: PageEvent = { type: "want_mode", match: "m1", mode: "audio" };
  const chat: PageEvent[] = [
    { type: "start", wish: { ...wish, mode: "text" } },
    frame({ ...welcome, relays_modes: true }),
    frame(matched),
  ];

  /** Returns a page in a text conversation. */
  async function written() {
    const page = build();
    page.app.dispatch({ type: "change_preferences", change: { mode: "text" } });
    page.app.dispatch(chat[0] as PageEvent);
    await settle();
    page.on(...chat.slice(1));
    return page;
  }

  test("is asked for when the devices are there", async () => {
    const { on, done, app } = await written();
    expect(on(wantsAudio)).toEqual(["switch to audio"]);
    await settle();
    expect([done.splice(0)[0], app.state.call.conversation?.wants?.mine]).toEqual(["send mode", "audio"]);
  });

  test("is not asked for without them", async () => {
    const { on, done, app, media } = await written();
    const notes: string[] = [];
    const toasts = {
      parentElement: "body",
      append: (note: { textContent: string }) => notes.push(note.textContent),
    };
    const made = { createElement: () => ({ remove: () => {} }), getElementById: () => toasts };
    vi.stubGlobal("document", { ...made, body: "body", querySelectorAll: () => [] });
    media.faults = { audio: "denied" };
    on(wantsAudio);
    await settle();
    expect([done.splice(0), app.state.call.conversation?.wants]).toEqual([["switch to text"], undefined]);
    expect(notes).toEqual(["media_denied_audio"]);
  });

  test.each([
    ["Not now", { type: "decline_mode", match: "m1" }],
    ["a question that is taken back", { type: "want_mode", match: "m1", mode: "text" }],
  ] as [string, PageEvent][])("is not wanted after %s, however late the devices come", async (_, event) => {
    const { on, done, app, media } = await written();
    on(frame({ type: "mode", match: "m1", mode: "audio" }));
    let open = () => {};
    media.opened = new Promise((resolve) => {
      open = resolve;
    });
    on(wantsAudio, event);
    open();
    await settle();
    expect(app.state.call.conversation?.mode).toBe("text");
    expect(done.filter((what) => what === "change_mode")).toEqual([]);
    expect(media.mode).toBe("text");
  });

  test("is taken back at once, even while the devices are busy", async () => {
    const { on, app, media } = await written();
    on(wantsAudio);
    await settle();
    media.opened = new Promise(() => {});
    on({ type: "want_mode", match: "m1", mode: "text" }, frame({ type: "mode", match: "m1", mode: "audio" }));
    expect(app.state.call.conversation?.mode).toBe("text");
  });

  test("is not wanted any more when the stranger goes back meanwhile", async () => {
    const { on, app, media } = await written();
    on(wantsAudio);
    await settle();
    on(frame({ type: "mode", match: "m1", mode: "audio" }));
    let open = () => {};
    media.opened = new Promise((resolve) => {
      open = resolve;
    });
    on({ type: "want_mode", match: "m1", mode: "video" }, frame({ type: "mode", match: "m1", mode: "text" }));
    open();
    await settle();
    const { conversation } = app.state.call;
    expect([conversation?.mode, conversation?.wants?.mine, media.mode]).toEqual(["text", "text", "text"]);
  });

  test("is not asked of the next stranger, whom the visitor has met meanwhile", async () => {
    const { on, done, app } = await written();
    on(wantsAudio, frame({ type: "ended", match: "m1", reason: "next" }));
    await settle();
    expect(app.state.call.phase).toBe("over");
    expect(done.filter((what) => what.startsWith("switch") || what === "send mode").at(-1)).toBe(
      "switch to text",
    );
  });

  test("turns devices off with the conversation, or when the visitor goes back", async () => {
    const { on } = await written();
    on(wantsAudio);
    await settle();
    expect(on({ type: "want_mode", match: "m1", mode: "text" })).toContain("switch to text");
    on(wantsAudio);
    await settle();
    expect(on({ type: "appeared" }, { type: "next" })).toContain("switch to text");
  });
});
