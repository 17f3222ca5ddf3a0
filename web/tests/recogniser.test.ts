import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Phrase } from "../src/core/captions/own-captions";
import { browserRecognition } from "../src/understanding/browser-recogniser";
import { mountedRecogniser } from "../src/understanding/mounted-recogniser";
import { OwnSpeech } from "../src/understanding/own-speech";
import type {
  Availability,
  ListeningOptions,
  ListeningProblem,
  Recogniser,
} from "../src/understanding/recogniser";
import { settle } from "./helpers";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const track = { kind: "audio" } as MediaStreamTrack;

/** A browser with a recogniser on the device. */
function browser(found = "available") {
  const sessions: InstanceType<typeof Recognition>[] = [];
  const asked: unknown[] = [];
  class Recognition {
    lang = "";
    continuous = false;
    interimResults = false;
    on: unknown;
    onresult: ((event: unknown) => void) | null = null;
    onerror: ((event: unknown) => void) | null = null;
    onend: (() => void) | null = null;
    private local = false;

    static async available(options: unknown) {
      asked.push(options);
      return found;
    }

    static async install() {
      return true;
    }

    get processLocally() {
      return this.local;
    }

    set processLocally(local: boolean) {
      this.local = local;
    }

    start(on: unknown) {
      this.on = on;
      sessions.push(this);
    }

    abort() {
      this.onend?.();
    }
  }
  const recognition = browserRecognition({ SpeechRecognition: Recognition });
  if (recognition.on !== "device") throw new Error("it has one");
  return { recogniser: recognition.recogniser, sessions, asked };
}

function listening(recogniser: Recogniser) {
  const heard: (readonly Phrase[])[] = [];
  const problems: ListeningProblem[] = [];
  const end = recogniser.listen({
    track,
    language: "de-DE",
    onBegin: () => {},
    onHeard: (phrases) => heard.push(phrases),
    onProblem: (problem) => problems.push(problem),
  });
  return { heard, problems, end };
}

describe("the recogniser of a browser", () => {
  test.each([
    ["available", "available"],
    ["downloadable", "downloadable"],
    ["downloading", "downloadable"],
    ["unavailable", "unavailable"],
    ["something new", "unavailable"],
  ])("that says %s is %s, and is asked for the device only", async (found, availability) => {
    const { recogniser, asked } = browser(found);
    expect(await recogniser.availability("de-DE")).toBe(availability);
    expect(asked).toEqual([{ langs: ["de-DE"], processLocally: true }]);
  });

  test("that cannot promise the device is a cloud, and is not used", () => {
    class Old {}
    expect(browserRecognition({ webkitSpeechRecognition: Old })).toEqual({ on: "cloud" });
    const half = Object.assign(class {}, { available: async () => "available" });
    expect(browserRecognition({ SpeechRecognition: half })).toEqual({ on: "cloud" });
    expect(browserRecognition({})).toEqual({ on: "nothing" });
  });

  test("listens to the microphone of the call, on the device, without an end", () => {
    const { recogniser, sessions } = browser();
    const { heard } = listening(recogniser);
    const [session] = sessions;
    expect(session).toMatchObject({
      on: track,
      lang: "de-DE",
      processLocally: true,
      continuous: true,
      interimResults: true,
    });
    const results = [
      { isFinal: true, 0: { transcript: "ja" } },
      { isFinal: false, 0: { transcript: "und" } },
    ];
    session?.onresult?.({ resultIndex: 1, results });
    expect(heard).toEqual([[{ index: 1, text: "und", final: false }]]);
  });

  test("begins again after a silence, until it is ended", async () => {
    const { recogniser, sessions } = browser();
    const { problems, end } = listening(recogniser);
    await vi.advanceTimersByTimeAsync(5_000);
    sessions[0]?.onerror?.({ error: "no-speech" });
    sessions[0]?.onend?.();
    await vi.advanceTimersByTimeAsync(300);
    expect(sessions.length).toBe(2);
    end();
    await vi.advanceTimersByTimeAsync(5_000);
    expect([sessions.length, problems]).toEqual([2, []]);
  });

  test("is given up when it ends at once again and again", async () => {
    const { recogniser, sessions } = browser();
    const { problems } = listening(recogniser);
    for (let n = 0; n < 9; n += 1) {
      sessions.at(-1)?.onend?.();
      await vi.advanceTimersByTimeAsync(300);
    }
    expect([sessions.length, problems]).toEqual([4, ["failed"]]);
  });

  test.each([
    ["not-allowed", "refused"],
    ["language-not-supported", "language"],
  ])("that ends with %s does not begin again", async (error, problem) => {
    const { recogniser, sessions } = browser();
    const { problems } = listening(recogniser);
    sessions[0]?.onerror?.({ error });
    await vi.advanceTimersByTimeAsync(5_000);
    expect([sessions.length, problems]).toEqual([1, [problem]]);
  });
});

describe("the recogniser of a site", () => {
  const parts = { availability: async () => "available", install: async () => true, listen: () => () => {} };
  const url = "/site/recogniser/recogniser.js";
  beforeEach(() => vi.stubGlobal("location", new URL("https://zufall.example/")));
  afterEach(() => vi.unstubAllGlobals());

  test("is made by its script, which learns where its files are", async () => {
    let model = "";
    const loaded: string[] = [];
    const made = await mountedRecogniser(url, async (script) => {
      loaded.push(script);
      return {
        createRecogniser: ({ address }) => {
          model = address("model.bin");
          return parts as Recogniser;
        },
      };
    });
    expect([made, loaded, model]).toEqual([
      parts,
      ["https://zufall.example/site/recogniser/recogniser.js"],
      "https://zufall.example/site/recogniser/model.bin",
    ]);
  });

  test("has all of its parts", async () => {
    const half = async () => ({ createRecogniser: () => ({ ...parts, listen: 1 }) as unknown as Recogniser });
    await expect(mountedRecogniser(url, half)).rejects.toThrow("no recogniser");
  });

  test("comes from nowhere else", async () => {
    const never = async () => ({ createRecogniser: () => parts as Recogniser });
    await expect(mountedRecogniser("https://elsewhere.example/r.js", never)).rejects.toThrow(TypeError);
  });
});

describe("what I say", () => {
  /** A recogniser in which nothing is heard, with what it was asked. */
  class Script implements Recogniser {
    readonly sessions: (ListeningOptions & { ended: boolean })[] = [];
    found: Availability = "available";
    installed: boolean | Error = true;

    async availability() {
      return this.found;
    }

    async install() {
      if (this.installed instanceof Error) throw this.installed;
      return this.installed;
    }

    listen(options: ListeningOptions) {
      const session = { ...options, ended: false };
      this.sessions.push(session);
      options.onBegin();
      return () => {
        session.ended = true;
      };
    }
  }

  function speech() {
    const script = new Script();
    const sent: unknown[] = [];
    const at: { microphone: MediaStreamTrack | undefined } = { microphone: track };
    const own = new OwnSpeech({
      recogniser: script,
      microphone: () => at.microphone,
      send: (caption) => sent.push(caption),
      onChange: () => {},
    });
    return { own, script, sent, at };
  }

  test("is written down only after I want it, and until I do not", async () => {
    const { own, script, sent } = speech();
    own.update();
    expect([own.state, script.sessions]).toEqual(["off", []]);
    await own.begin("de-DE");
    script.sessions[0]?.onHeard([{ index: 0, text: "Hallo", final: true }]);
    expect([own.listens, sent]).toEqual([true, [{ n: 1, text: "Hallo", final: true, language: "de-DE" }]]);
    own.stop();
    expect([own.listens, own.state, script.sessions[0]?.ended]).toEqual([false, "off", true]);
  });

  test("is not listened to while the microphone is muted, and from the next one after a change", async () => {
    const { own, script, at } = speech();
    await own.begin("de-DE");
    at.microphone = undefined;
    own.update();
    expect([own.listens, own.on, script.sessions[0]?.ended]).toEqual([false, true, true]);
    const other = { kind: "audio" } as MediaStreamTrack;
    at.microphone = other;
    own.update();
    own.update();
    expect([script.sessions.length, script.sessions[1]?.track]).toEqual([2, other]);
  });

  test.each<[string, Partial<Script>, string]>([
    ["the language is missing", { found: "unavailable" }, "language"],
    ["the pack does not come", { found: "downloadable", installed: false }, "failed"],
    ["the browser throws", { found: "downloadable", installed: new Error("no") }, "failed"],
  ])("is not written down when %s", async (_, as, problem) => {
    const { own, script } = speech();
    Object.assign(script, as);
    await own.begin("de-DE");
    expect([own.state, own.on, script.sessions.length]).toEqual([problem, false, 0]);
  });

  test("is not written down after it was stopped while the pack was loading, or for the next stranger", async () => {
    const { own, script } = speech();
    script.found = "downloadable";
    const begun = own.begin("de-DE");
    expect(own.state).toBe("loading");
    own.forget();
    await begun;
    await settle();
    expect([own.state, script.sessions.length]).toEqual(["off", 0]);
  });

  test("ends with a problem of the recogniser", async () => {
    const { own, script } = speech();
    await own.begin("de-DE");
    script.sessions[0]?.onProblem("refused");
    expect([own.state, own.on, own.listens]).toEqual(["refused", false, false]);
  });
});
