// How far each of the two wants to go in one conversation: text, audio or video. They talk in the lower one of both. So a
// change needs both, and both pages come to the same whatever crosses on the way. Pure.

import type { Mode, WantedMode } from "../../messages.generated";
import { DOWN } from "./curtain-state";
import type { Call, Conversation, Effect, Step } from "./state";

const ORDER: readonly Mode[] = ["text", "audio", "video"];
/** Who asks more often in one match is not heard. */
const MOST_QUESTIONS = 3;

/** What the two have said since the match began. */
export interface Wants {
  mine: Mode;
  theirs: Mode;
  /** How often each has asked. */
  asked: { mine: number; theirs: number };
  /** I have declined, so the stranger cannot ask any more in this mode. */
  declined: boolean;
  /** The stranger has declined, so I cannot ask any more in this mode. */
  refused: boolean;
}

/** Returns the mode that may come after this one. */
export function further({ mode }: Conversation): Mode | undefined {
  return ORDER[ORDER.indexOf(mode) + 1];
}

/** Returns the mode that I may ask for. */
export function mayAskFor(conversation: Conversation): Mode | undefined {
  const { refused, asked } = wantsIn(conversation);
  return refused || asked.mine >= MOST_QUESTIONS ? undefined : further(conversation);
}

/** Returns how far I want to go. */
export function myMode({ wants, mode }: Conversation): Mode {
  return wants?.mine ?? mode;
}

/** Returns the mode that the stranger asks for, if I may still answer. It is always the next one. */
export function askedMode(conversation: Conversation): Mode | undefined {
  const { theirs, declined, asked } = wantsIn(conversation);
  const next = further(conversation);
  if (!next || declined || asked.theirs > MOST_QUESTIONS || asksForMore(conversation)) return undefined;
  return isAbove(theirs, conversation.mode) ? next : undefined;
}

/** Returns whether I wait for the stranger's answer. */
export function asksForMore(conversation: Conversation): boolean {
  return isAbove(myMode(conversation), conversation.mode);
}

/** Returns whether one mode shows more of a visitor than the other. */
export function isAbove(one: Mode, other: Mode): boolean {
  return ORDER.indexOf(one) > ORDER.indexOf(other);
}

/** Wants this mode from now on: asks the stranger, does what they ask for, or takes a question back. */
export function want(call: Call, match: string, mode: Mode, now: number): Step {
  const { conversation } = call;
  if (conversation?.match !== match) return [call, []];
  const before = wantsIn(conversation);
  if (mode === before.mine) return [call, []];
  const asks = isAbove(mode, conversation.mode) && isAbove(mode, before.theirs);
  const asked = { ...before.asked, mine: before.asked.mine + (asks ? 1 : 0) };
  return change(call, conversation, { ...before, mine: mode, asked }, now);
}

/** Stays in this mode, whatever the stranger asks for. */
export function decline(call: Call, match: string): Step {
  const { conversation } = call;
  if (conversation?.match !== match || !askedMode(conversation)) return [call, []];
  const after = { ...conversation, wants: { ...wantsIn(conversation), declined: true } };
  return [{ ...call, conversation: after }, tell(call, after)];
}

/**
 * The stranger says how far they want to go, or declines what I have asked for. If they go back, I do, too: otherwise they
 * alone could come back to the higher mode whenever they like. Nobody goes below the mode that both looked for.
 */
export function hear(call: Call, said: WantedMode, now: number): Step {
  const { conversation, wish } = call;
  if (conversation?.match !== said.match) return [call, []];
  const before = wantsIn(conversation);
  const theirs = higher(said.mode, wish?.mode ?? "text");
  const declines = said.declined === true && asksForMore(conversation);
  if (theirs === before.theirs && !declines) return [call, []];
  const asks = isAbove(theirs, before.theirs) && isAbove(theirs, before.mine);
  const goesBack = declines || isAbove(conversation.mode, theirs);
  const wants: Wants = {
    ...before,
    theirs,
    mine: goesBack ? lower(before.mine, theirs) : before.mine,
    asked: { ...before.asked, theirs: before.asked.theirs + (asks ? 1 : 0) },
    refused: before.refused || declines,
  };
  return change(call, conversation, wants, now);
}

/** Returns what to tell the stranger again when they can be reached again, because it may have been lost. */
export function wantedAgain(call: Call, conversation: Conversation): Effect[] {
  return conversation.wants ? tell(call, conversation) : [];
}

function wantsIn({ wants, mode }: Conversation): Wants {
  const nobody = { asked: { mine: 0, theirs: 0 }, declined: false, refused: false };
  return wants ?? { mine: mode, theirs: mode, ...nobody };
}

function change(call: Call, before: Conversation, wants: Wants, now: number): Step {
  const said = { ...before, wants };
  const told = wants.mine === myMode(before) ? [] : tell(call, said);
  const mode = lower(wants.mine, wants.theirs);
  if (mode === before.mode) return [{ ...call, conversation: said }, told];
  const conversation = inMode(said, mode, now);
  return [{ ...call, conversation }, [...told, { type: "change_mode", conversation }]];
}

/**
 * Questions begin anew in each mode, and so does the curtain of a picture. A conversation by text has no connection, and
 * the next one is another.
 */
function inMode(before: Conversation, mode: Mode, now: number): Conversation {
  const wants: Wants = { ...wantsIn(before), declined: false, refused: false };
  const anew: Conversation = { ...before, mode, wants, lifted: DOWN };
  if (mode === "text") return { ...anew, link: "connected", former: undefined };
  return before.mode === "text" ? { ...anew, link: "connecting", ice: aged(before, now) } : anew;
}

/** The credentials of a relay may have expired while the two were writing. */
function aged({ ice, iceAt }: Conversation, now: number): Conversation["ice"] {
  if (ice.expires_in === undefined || iceAt === undefined) return ice;
  return { ...ice, expires_in: Math.max(0, ice.expires_in - (now - iceAt) / 1000) };
}

function tell({ online, relaysModes }: Call, conversation: Conversation): Effect[] {
  if (!online || !relaysModes) return [];
  const { match, wants } = conversation;
  const said: WantedMode = { type: "mode", match, mode: myMode(conversation) };
  const declined = wants?.declined === true && !asksForMore(conversation);
  return [{ type: "send", message: declined ? { ...said, declined } : said }];
}

function lower(one: Mode, other: Mode): Mode {
  return isAbove(one, other) ? other : one;
}

function higher(one: Mode, other: Mode): Mode {
  return isAbove(one, other) ? one : other;
}
