// Two pages that agree on four pictures, with and without somebody between them.

import { sha256 as hashOf } from "@noble/hashes/sha2.js";
import { describe, expect, test } from "vitest";
import {
  hearSafety,
  onlyFingerprint,
  PICTURES,
  parseSafety,
  picturesOf,
  promiseOf,
} from "../src/core/safety-emoji";
import { LOCALES } from "../src/language/locale";
import { PeerChannel, type PeerMessage } from "../src/peer/peer-channel";
import { SafetyCheck, sha256 } from "../src/safety-emoji/safety-check";
import { loadSafetyTexts } from "../src/safety-emoji/texts";
import { FakeConnection } from "./fake-connection";

const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
/** Without a thread, so that it is done when the promises are. */
const digest = async (text: string) => hexOf(hashOf(new TextEncoder().encode(text)));
const nonce = () => hexOf(crypto.getRandomValues(new Uint8Array(32)));
const said = (fingerprint: string) => ({
  sdp: `v=0\r\na=fingerprint:sha-256 ${fingerprint}\r\nm=audio 9\r\n`,
});
const certificate = () =>
  (hexOf(crypto.getRandomValues(new Uint8Array(32))).match(/../g) ?? []).join(":").toUpperCase();

/** Lets everything that was hashed arrive. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve));
}

type Wire = FakeConnection["channels"][number];

/** A page with its end of a connection to somebody who has another certificate. */
class Page {
  readonly channel = new PeerChannel();
  readonly check = new SafetyCheck(() => {}, digest);
  readonly own = certificate();
  descriptions: [{ sdp: string } | null, { sdp: string } | null] = [said(this.own), said(certificate())];
  private pc = new FakeConnection();

  constructor(private readonly polite: boolean) {}

  get wire(): Wire {
    return this.pc.channels.at(-1) as Wire;
  }

  /** A connection to somebody with this certificate opens. */
  connect(theirs: string, answered = true): void {
    this.descriptions = [said(this.own), answered ? said(theirs) : null];
    this.pc = new FakeConnection();
    this.channel.open(this.pc as unknown as RTCPeerConnection);
    this.check.update({ match: "m1", polite: this.polite }, this);
    this.wire.open();
  }

  /** Returns what the page has said since the last time. */
  says(): PeerMessage[] {
    return this.wire.sent.splice(0).map((text) => JSON.parse(text));
  }

  hears(message: unknown): void {
    this.wire.onmessage?.({ data: JSON.stringify(message) });
  }
}

test("a channel that opens before the browser gives the answer is not forgotten", async () => {
  const page = new Page(false);
  const theirs = certificate();
  page.connect(theirs, false);
  await settle();
  expect(page.says()).toEqual([]);
  page.descriptions = [said(page.own), said(theirs)];
  page.check.update({ match: "m1", polite: false }, page);
  page.check.update({ match: "m1", polite: false }, page);
  await settle();
  expect(page.says()).toMatchObject([{ type: "safety", step: "commit" }]);
});

const pages = () => [new Page(false), new Page(true)] as const;
const unchanged = (message: PeerMessage): PeerMessage => message;

/** Carries messages between two pages, which somebody may change on the way from the impolite page or back. */
async function carry(one: Page, other: Page, there = unchanged, back = unchanged): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    await settle();
    for (const message of one.says()) other.hears(there(message));
    for (const message of other.says()) one.hears(back(message));
  }
  await settle();
}

describe("two pages", () => {
  test("with nobody in between show the same four pictures", async () => {
    const all = new Set<unknown>();
    for (let run = 0; run < 10; run++) {
      const [one, other] = pages();
      one.connect(other.own);
      other.connect(one.own);
      await carry(one, other);
      expect(one.check.result).toHaveLength(4);
      expect(other.check.result).toEqual(one.check.result);
      all.add(JSON.stringify(one.check.result));
    }
    expect(all.size, "and other ones in each call").toBe(10);
  });

  test("with somebody in between who forwards everything show others", async () => {
    for (let run = 0; run < 10; run++) {
      const [one, other] = pages();
      const [toOne, toOther] = [certificate(), certificate()]; // the ends of the one in between
      one.connect(toOne);
      other.connect(toOther);
      await carry(one, other);
      expect([one.check.result, other.check.result]).toEqual([expect.any(Array), expect.any(Array)]);
      expect(one.check.result).not.toEqual(other.check.result);
    }
  });

  test("with somebody in between who agrees with each on numbers of their own show others", async () => {
    const [one, other] = pages();
    const [mine, toOne] = [nonce(), nonce()];
    one.connect(certificate());
    other.connect(certificate());
    await settle();
    expect(one.says()).toEqual([{ type: "safety", step: "commit", hash: expect.any(String) }]);
    one.hears({ type: "safety", step: "nonce", nonce: toOne });
    other.hears({ type: "safety", step: "commit", hash: await digest(promiseOf(mine)) });
    expect(other.says()).toEqual([{ type: "safety", step: "nonce", nonce: expect.any(String) }]);
    other.hears({ type: "safety", step: "nonce", nonce: mine });
    await settle();
    expect(other.check.result).toHaveLength(4);
    expect(one.check.result).toHaveLength(4);
    expect(one.check.result).not.toEqual(other.check.result);
  });

  test("whoever first sees a number cannot choose theirs any more", async () => {
    const [one, other] = pages();
    one.connect(other.own);
    other.connect(one.own);
    const chosen = (message: PeerMessage) =>
      message.step === "nonce" ? { ...message, nonce: nonce() } : message;
    await carry(one, other, chosen);
    expect(other.check.result).toBe("failed");
  });

  test("show new ones for the connection after a reload, and say so", async () => {
    const [one, other] = pages();
    one.connect(other.own);
    other.connect(one.own);
    await carry(one, other);
    const before = one.check.result;
    const reloaded = new Page(true);
    one.connect(reloaded.own);
    expect(one.check.result, "the old ones are gone at once").toBeUndefined();
    reloaded.connect(one.own);
    await carry(one, reloaded);
    expect(one.check.result).toEqual(reloaded.check.result);
    expect(one.check.result).not.toEqual(before);
    expect([one.check.renewed, reloaded.check.renewed]).toEqual([true, false]);
  });

  test("agree no more than eight times in a match", async () => {
    const one = new Page(false);
    for (let round = 0; round < 8; round++) one.connect(certificate());
    await settle();
    expect(one.says()).toHaveLength(1);
    one.connect(certificate());
    await settle();
    one.hears({ type: "safety", step: "nonce", nonce: nonce() });
    await settle();
    expect([one.says(), one.check.result]).toEqual([[], undefined]);
  });

  test("one of which is older show nothing", async () => {
    const one = new Page(false);
    one.connect(certificate());
    await settle();
    expect(one.check.result).toBeUndefined();
  });

  test("forget the pictures with the match", async () => {
    const [one, other] = pages();
    one.connect(other.own);
    other.connect(one.own);
    await carry(one, other);
    one.check.update(undefined, undefined);
    expect(one.check.result).toBeUndefined();
    one.hears({ type: "safety", step: "nonce", nonce: nonce() });
    await settle();
    expect(one.check.result).toBeUndefined();
  });
});

describe("a stranger's page that", () => {
  const wrong = [
    {},
    { step: "commit" },
    { step: "commit", hash: "A".repeat(64) },
    { step: "commit", hash: "ab" },
    { step: "commit", hash: ["a".repeat(64)] },
    { step: "nonce", nonce: 7 },
    { step: "nonce", nonce: `${"a".repeat(64)}\n` },
    { step: "nonce", nonce: "a".repeat(3_000) },
    { step: "nonce", hash: "a".repeat(64) },
    { step: "<b>", nonce: "a".repeat(64) },
    { step: null },
  ];

  test.each(wrong)("says %j is not heard", (message) => {
    expect(parseSafety(message)).toBeUndefined();
  });

  test("says wrong things at any time disturbs nothing", async () => {
    const [one, other] = pages();
    one.connect(other.own);
    other.connect(one.own);
    const nonsense = () => {
      for (const message of wrong)
        for (const page of [one, other]) page.hears({ type: "safety", ...message });
    };
    const among = (message: PeerMessage) => {
      nonsense();
      return message;
    };
    await carry(one, other, among, among);
    nonsense();
    await settle();
    expect(one.check.result).toHaveLength(4);
    expect(other.check.result).toEqual(one.check.result);
  });

  test("promises again, or later, is held to its first promise", async () => {
    const polite = new Page(true);
    polite.connect(certificate());
    const [first, second] = [nonce(), nonce()];
    polite.hears({ type: "safety", step: "nonce", nonce: first }); // nothing was promised yet
    expect(polite.says()).toEqual([]);
    for (const promised of [first, second])
      polite.hears({ type: "safety", step: "commit", hash: await digest(promiseOf(promised)) });
    expect(polite.says(), "and hears my number once").toHaveLength(1);
    polite.hears({ type: "safety", step: "nonce", nonce: second });
    await settle();
    expect(polite.check.result).toBe("failed");
    polite.hears({ type: "safety", step: "nonce", nonce: first }); // too late
    await settle();
    expect(polite.check.result).toBe("failed");
  });

  test("floods gets one answer", async () => {
    const impolite = new Page(false);
    impolite.connect(certificate());
    await settle();
    for (let n = 0; n < 1_000; n++) impolite.hears({ type: "safety", step: "nonce", nonce: nonce() });
    await settle();
    expect(impolite.says().map(({ step }) => step)).toEqual(["commit", "nonce"]);
    expect(impolite.check.result).toHaveLength(4);
  });

  test("takes the other part, too, gets no number", () => {
    const promise = { step: "commit", hash: "a".repeat(64) } as const;
    expect(hearSafety({ at: "waiting" }, false, promise)).toEqual({ at: "waiting" });
  });
});

describe("the fingerprint of a description", () => {
  const one = certificate();
  const line = `a=fingerprint:sha-256 ${one}\r\n`;

  test("is read whatever its case, and once for all sections", () => {
    expect(onlyFingerprint(`v=0\r\nm=audio 9\r\n${line}m=video 9\r\n${line}`)).toBe(`SHA-256 ${one}`);
    expect(onlyFingerprint(line.toLowerCase())).toBe(`SHA-256 ${one}`);
  });

  test.each([
    ["another one for a section", `${line}m=audio 9\r\na=fingerprint:sha-256 ${certificate()}\r\n`],
    ["another hash", line.replace("sha-256", "sha-1")],
    ["half of one", `a=fingerprint:sha-256 ${one.slice(0, 47)}\r\n`],
    ["none", "v=0\r\n"],
  ])("is none if there is %s", (_, sdp) => {
    expect(onlyFingerprint(sdp)).toBeUndefined();
  });

  test("without one there are no pictures", async () => {
    const page = new Page(false);
    page.connect("00");
    await settle();
    expect(page.says()).toEqual([]);
  });
});

describe("the pictures", () => {
  test("are made with the SHA-256 of the browser", async () => {
    expect(await sha256("Zufall 🎲")).toBe(await digest("Zufall 🎲"));
  });

  test("are 64 different ones, and each has the same chance", async () => {
    expect(new Set(PICTURES.flat()).size).toBe(128);
    const counts = new Map<string, number>();
    for (let byte = 0; byte < 256; byte++) {
      const hash = byte.toString(16).padStart(2, "0").repeat(4);
      const ends = { match: "m", polite: true, mine: "a", theirs: "b" };
      const found = await picturesOf({ at: "told", theirs: "x" }, "y", ends, async () => hash);
      const picture = found === "failed" ? "" : (found[0]?.[0] ?? "");
      counts.set(picture, (counts.get(picture) ?? 0) + 1);
    }
    expect([counts.size, new Set(counts.values())]).toEqual([64, new Set([4])]);
  });

  test("change with the match, each fingerprint, each number, and who is who", async () => {
    const ends = { match: "m", polite: true, mine: "a", theirs: "b" };
    const hashed = new Set<string>();
    const note = async (text: string) => {
      hashed.add(text);
      return "00".repeat(32);
    };
    const told = (theirs: string) => ({ at: "told", theirs }) as const;
    await picturesOf(told("x"), "y", ends, note);
    await picturesOf(told("y"), "x", { ...ends, polite: false, mine: "b", theirs: "a" }, note);
    expect(hashed.size, "both sides hash the same").toBe(1);
    await picturesOf(told("x"), "y", { ...ends, match: "n" }, note);
    await picturesOf(told("x"), "y", { ...ends, mine: "c" }, note);
    await picturesOf(told("x"), "y", { ...ends, theirs: "c" }, note);
    await picturesOf(told("z"), "y", ends, note);
    await picturesOf(told("x"), "z", ends, note);
    await picturesOf(told("x"), "y", { ...ends, polite: false }, note);
    expect(hashed.size).toBe(7);
  });
});

describe.each(LOCALES)("the words in %s", (locale) => {
  test("name each picture by another name, and leave no sentence in English", async () => {
    const [texts, english] = await Promise.all([loadSafetyTexts(locale), loadSafetyTexts("en")]);
    expect(Object.keys(texts)).toEqual(Object.keys(english));
    const names = PICTURES.map(([, name]) => texts[name]);
    expect(new Set(names).size).toBe(64);
    for (const text of Object.values(texts)) expect(text).toBe(text.normalize("NFC").trim());
    for (const key of ["safety_title", "safety_both", "safety_renewed", "safety_failed"] as const)
      if (locale !== "en") expect(texts[key]).not.toBe(english[key]);
  });
});
