import { describe, expect, test } from "vitest";
import type { Caption } from "../src/core/captions/caption";
import { CaptionExchange } from "../src/understanding/caption-exchange";
import type { FakeChannel } from "./fake-connection";
import { build, withoutABrowser } from "./peers";

withoutABrowser();

const mine = { sends: false, wanted: true, able: true };
const caption = { n: 1, text: "hello", final: true };
const said = (message: object) => JSON.stringify(message);

function side() {
  const heard: (Caption | undefined)[] = [];
  const { peer, connection } = build(false);
  const exchange = new CaptionExchange(peer.channel, (line) => heard.push(line));
  const channel = connection.channels[0] as FakeChannel;
  const receive = (message: object) => channel.onmessage?.({ data: said(message) });
  return { exchange, channel, heard, receive };
}

describe("two pages", () => {
  test("tell each other what they do about captions, and each change once", () => {
    const { exchange, channel } = side();
    exchange.tell(mine);
    expect(channel.sent).toEqual([]);
    channel.open();
    exchange.tell({ ...mine });
    exchange.tell({ ...mine, sends: true });
    expect(channel.sent).toEqual([
      said({ type: "captions", ...mine }),
      said({ type: "captions", ...mine, sends: true }),
    ]);
  });

  test("send a caption as a message of its own", () => {
    const { exchange, channel } = side();
    channel.open();
    exchange.send({ ...caption, language: "en" });
    expect(channel.sent).toEqual([said({ type: "caption", ...caption, language: "en" })]);
  });

  test("begin again when one of them was loaded again", () => {
    const { exchange, channel, receive } = side();
    channel.open();
    receive({ type: "caption", ...caption, n: 7 });
    channel.open();
    expect([exchange.lines, exchange.theirs]).toEqual([[], undefined]);
    receive({ type: "caption", ...caption });
    expect(exchange.lines.map(({ n }) => n)).toEqual([1]);
  });
});

describe("a stranger's page", () => {
  test("that sends captions says so by that alone", () => {
    const { exchange, heard, receive } = side();
    receive({ type: "caption", ...caption });
    expect([exchange.theirs?.sends, heard]).toEqual([true, [caption]]);
  });

  test.each([
    [{ sends: "yes", wanted: true, able: true }],
    [{ sends: true }],
    [{ sends: null, wanted: {}, able: [] }],
  ])("that says %j says nothing", (told) => {
    const { exchange, heard, receive } = side();
    receive({ type: "captions", ...told });
    expect([exchange.theirs, heard]).toEqual([undefined, []]);
  });

  test("is not read further when it floods, nor beyond the longest message", () => {
    const { exchange, heard, receive } = side();
    receive({ type: "caption", ...caption, text: "x".repeat(100_000) });
    expect(exchange.lines).toEqual([]);
    for (let n = 1; n <= 300; n += 1) receive({ type: "caption", ...caption, n });
    expect(heard.length).toBe(30);
  });
});
