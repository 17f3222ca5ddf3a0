import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MUTED_SPEECH_MS, OwnVoice } from "../src/signs/own-voice";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("MediaStream", class {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

interface FakeTrack {
  enabled: boolean;
  stopped: boolean;
  stop(): void;
  clone(): FakeTrack;
}

function build() {
  const copies: FakeTrack[] = [];
  const shown: number[] = [];
  const told = vi.fn();
  let hear = (_level: number) => {};
  const meter = {
    start: (_: MediaStream, onLevel: (level: number) => void) => {
      hear = onLevel;
    },
    stop: () => {
      hear = () => {};
    },
  };
  const track = (): FakeTrack => {
    const made: FakeTrack = {
      enabled: false, // as a muted microphone
      stopped: false,
      stop: () => {
        made.stopped = true;
      },
      clone: () => {
        const copy = track();
        copies.push(copy);
        return copy;
      },
    };
    return made;
  };
  const voice = new OwnVoice({ meter, show: (level) => shown.push(level), tell: told });
  /** Speaks at this level for some time. */
  const speak = (milliseconds: number, level = 0.5) => {
    for (let time = 0; time < milliseconds; time += 80) {
      vi.advanceTimersByTime(80);
      hear(level);
    }
  };
  const microphone = track();
  const update = (muted: boolean, on: FakeTrack | null = microphone) =>
    voice.update((on ?? undefined) as unknown as MediaStreamTrack | undefined, muted);
  return { update, speak, copies, shown, told, microphone, track };
}

describe("my level", () => {
  test("is shown while the stranger hears me, and only its changes", () => {
    const { update, speak, shown } = build();
    update(false);
    speak(1_000, 0.5);
    expect(shown).toEqual([0.5]);
    speak(160, 0);
    expect(shown).toEqual([0.5, 0]);
  });

  test("is nothing while I am muted, from the first moment on", () => {
    const { update, speak, shown } = build();
    update(false);
    speak(500, 0.5);
    update(true);
    speak(500, 0.5);
    expect(shown).toEqual([0.5, 0]);
  });
});

describe("the copy of the microphone", () => {
  test("hears what a muted track does not, and ends with the call", () => {
    const { update, copies } = build();
    update(true);
    expect(copies.map(({ enabled, stopped }) => [enabled, stopped])).toEqual([[true, false]]);
    update(true, null);
    expect(copies.map(({ stopped }) => stopped)).toEqual([true]);
  });

  test("is one at a time: another microphone has another", () => {
    const { update, copies, track } = build();
    update(false);
    update(false);
    update(false, track());
    expect(copies.map(({ stopped }) => stopped)).toEqual([true, false]);
  });
});

describe("who speaks while muted", () => {
  test("is told so once, and not for a cough", () => {
    const { update, speak, told } = build();
    update(true);
    speak(600);
    speak(2_000, 0);
    expect(told).not.toHaveBeenCalled();
    speak(MUTED_SPEECH_MS + 400);
    speak(10_000);
    expect(told).toHaveBeenCalledTimes(1);
  });

  test("is told again after another muting, and never while heard", () => {
    const { update, speak, told } = build();
    update(true);
    speak(3_000);
    update(false);
    speak(10_000);
    expect(told).toHaveBeenCalledTimes(1);
    update(true);
    speak(3_000);
    expect(told).toHaveBeenCalledTimes(2);
  });

  test("is not told again in the next call", () => {
    const { update, speak, told, track } = build();
    update(true);
    speak(3_000);
    update(true, null);
    update(true, track());
    speak(3_000);
    expect(told).toHaveBeenCalledTimes(1);
  });
});
