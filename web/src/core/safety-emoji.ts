// Four pictures that two pages see alike if nobody sits between them: made from the fingerprints of both ends of the
// connection, and from a random number of each page. One page first says the hash of its number, so whoever sits in
// between cannot choose numbers until the pictures fit. As in ZRTP (RFC 6189, section 4.4.1.1). Pure.

/** Each picture, and the key of its name. */
export const PICTURES = [
  ["🐶", "dog"],
  ["🐱", "cat"],
  ["🐰", "rabbit"],
  ["🦊", "fox"],
  ["🦁", "lion"],
  ["🐮", "cow"],
  ["🤖", "robot"],
  ["🐸", "frog"],
  ["🐵", "monkey"],
  ["🐔", "chicken"],
  ["🐧", "penguin"],
  ["🦉", "owl"],
  ["🦆", "duck"],
  ["🐝", "bee"],
  ["🦋", "butterfly"],
  ["🐌", "snail"],
  ["🐢", "turtle"],
  ["🐍", "snake"],
  ["🐙", "octopus"],
  ["🦀", "crab"],
  ["🐟", "fish"],
  ["🐳", "whale"],
  ["🐊", "crocodile"],
  ["🐘", "elephant"],
  ["🐫", "camel"],
  ["🐴", "horse"],
  ["🌳", "tree"],
  ["🌵", "cactus"],
  ["🍄", "mushroom"],
  ["🌻", "sunflower"],
  ["🌹", "rose"],
  ["🍀", "clover"],
  ["🍎", "apple"],
  ["🍌", "banana"],
  ["🍋", "lemon"],
  ["🍒", "cherries"],
  ["🍓", "strawberry"],
  ["🍇", "grapes"],
  ["🍍", "pineapple"],
  ["🥕", "carrot"],
  ["🌽", "corn"],
  ["🧀", "cheese"],
  ["🍕", "pizza"],
  ["🥚", "egg"],
  ["🎂", "cake"],
  ["🌙", "moon"],
  ["⭐", "star"],
  ["🔥", "fire"],
  ["🌈", "rainbow"],
  ["⛄", "snowman"],
  ["☔", "umbrella"],
  ["🏠", "house"],
  ["🚗", "car"],
  ["🚲", "bicycle"],
  ["🚀", "rocket"],
  ["🚁", "helicopter"],
  ["⚓", "anchor"],
  ["🔔", "bell"],
  ["🔑", "key"],
  ["💡", "bulb"],
  ["🎸", "guitar"],
  ["🎲", "dice"],
  ["🎈", "balloon"],
  ["👑", "crown"],
] as const;

export type Picture = (typeof PICTURES)[number];

const COUNT = 4;
/** 32 bytes in lower case hexadecimal digits: a nonce, or a SHA-256. */
const BYTES = /^[0-9a-f]{64}$/;
const FINGERPRINT = /^a=fingerprint:([^\r\n]*)/gim;
const SHA_256 = /^SHA-256 (?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/;

/** Returns the SHA-256 of a text in UTF-8, as lower case hexadecimal digits. */
export type Digest = (text: string) => Promise<string>;

export type SafetyMessage = { step: "commit"; hash: string } | { step: "nonce"; nonce: string };

/**
 * How far the two pages are. `waiting`: nothing has come. `committed`: the impolite page has said the hash of its
 * nonce. `told`: the nonce of the other page is known, with its hash if that came before.
 */
export type Exchange =
  | { at: "waiting" }
  | { at: "committed"; hash: string }
  | { at: "told"; theirs: string; hash?: string };

/** What the pictures are made from. */
export interface Ends {
  match: string;
  polite: boolean;
  /** The fingerprints of this page's end of the connection, and of the other one. */
  mine: string;
  theirs: string;
}

/** Returns undefined for anything else that a stranger's page may send. */
export function parseSafety({ step, hash, nonce }: Record<string, unknown>): SafetyMessage | undefined {
  if (step === "commit" && isBytes(hash)) return { step, hash };
  if (step === "nonce" && isBytes(nonce)) return { step, nonce };
  return undefined;
}

/**
 * Returns the state after a message. If that is another one, my nonce must be said now. The polite page says it after
 * the hash of the other's nonce, and the impolite page after the polite one's nonce. Everything else is ignored.
 */
export function hearSafety(exchange: Exchange, polite: boolean, message: SafetyMessage): Exchange {
  if (polite && exchange.at === "waiting" && message.step === "commit")
    return { at: "committed", hash: message.hash };
  const due = polite ? "committed" : "waiting";
  if (exchange.at !== due || message.step !== "nonce") return exchange;
  const told = { at: "told", theirs: message.nonce } as const;
  return exchange.at === "committed" ? { ...told, hash: exchange.hash } : told;
}

/** What is hashed to promise a nonce. */
export function promiseOf(nonce: string): string {
  return JSON.stringify(["zufall safety promise", nonce]);
}

/** Returns the four pictures, or `failed` if the other page's nonce is not the promised one. */
export async function picturesOf(
  told: Extract<Exchange, { at: "told" }>,
  nonce: string,
  ends: Ends,
  digest: Digest,
): Promise<readonly Picture[] | "failed"> {
  if (told.hash !== undefined && (await digest(promiseOf(told.theirs))) !== told.hash) return "failed";
  const inOrder = (mine: string, theirs: string) => (ends.polite ? [theirs, mine] : [mine, theirs]);
  const all = [...inOrder(ends.mine, ends.theirs), ...inOrder(nonce, told.theirs)];
  const hash = await digest(JSON.stringify(["zufall safety pictures", ends.match, ...all]));
  return Array.from({ length: COUNT }, (_, place) => pictureAt(hash.slice(2 * place, 2 * place + 2)));
}

/** Returns the one fingerprint of a description. Undefined if it has another kind, several, or none. */
export function onlyFingerprint(sdp: string): string | undefined {
  const [found, ...others] = new Set(
    [...sdp.matchAll(FINGERPRINT)].map(([, said = ""]) => said.toUpperCase()),
  );
  return found !== undefined && others.length === 0 && SHA_256.test(found) ? found : undefined;
}

/** A byte has 256 values, four for each of the 64 pictures. */
function pictureAt(byte: string): Picture {
  return PICTURES[Number.parseInt(byte, 16) % PICTURES.length] as Picture;
}

function isBytes(value: unknown): value is string {
  return typeof value === "string" && BYTES.test(value);
}
