// How far each of the two goes in one conversation: text, audio or video. They talk in the lower one of both. So a change
// needs both, whoever goes back needs nobody, and both pages come to the same whatever crosses on the way. Pure.

import type { AgreedMode, Mode } from "../../messages.generated";
import type { Call, Conversation, Effect, Step } from "./state";

const ORDER: readonly Mode[] = ["text", "audio", "video"];
/** A stranger who asks more often in one match is not heard. */
const MOST_QUESTIONS = 3;

/** What the two have said since the match began. */
export interface Agreed {
  mine: Mode;
  theirs: Mode;
  /** How often the stranger has asked. */
  questions: number;
  /** I have declined, so the stranger cannot ask any more in this mode. */
  declined: boolean;
  /** The stranger has declined, so I cannot ask any more in this mode. */
  refused: boolean;
}

/** Returns the mode to which this one can be raised. */
export function further(mode: Mode): Mode | undefined {
  return ORDER[ORDER.indexOf(mode) + 1];
}

/** Returns how far I go. */
export function myMode({ agreed, mode }: Conversation): Mode {
  return agreed?.mine ?? mode;
}

/** Returns the mode that the stranger asks for, if I may still answer. */
export function askedMode({ agreed, mode }: Conversation): Mode | undefined {
  if (!agreed || agreed.declined || agreed.questions > MOST_QUESTIONS) return undefined;
  return isAbove(agreed.theirs, agreed.mine) && isAbove(agreed.theirs, mode) ? agreed.theirs : undefined;
}

/** Returns whether I wait for the stranger's answer. */
export function asksForMore(conversation: Conversation): boolean {
  return isAbove(myMode(conversation), conversation.mode);
}

/** Goes as far as this from now on: asks the stranger, agrees with them, or goes back. */
export function agree(call: Call, match: string, mine: Mode, now: number): Step {
  const { conversation } = call;
  if (conversation?.match !== match || myMode(conversation) === mine) return [call, []];
  return change(call, conversation, { ...agreedIn(conversation), mine }, now);
}

/** Stays in this mode, whatever the stranger asks for. */
export function decline(call: Call, match: string): Step {
  const { conversation } = call;
  if (conversation?.match !== match || !askedMode(conversation)) return [call, []];
  const after = { ...conversation, agreed: { ...agreedIn(conversation), declined: true } };
  return [{ ...call, conversation: after }, tell(call, after, true)];
}

/**
 * The stranger says how far they go, or declines what I have asked for. If they go back, I do, too: otherwise they alone
 * could come back to the higher mode whenever they like.
 */
export function hear(call: Call, said: AgreedMode, now: number): Step {
  const { conversation } = call;
  if (conversation?.match !== said.match) return [call, []];
  const before = agreedIn(conversation);
  const asks = isAbove(said.mode, before.theirs) && isAbove(said.mode, before.mine);
  const questions = before.questions + (asks ? 1 : 0);
  const refused = before.refused || (said.declined === true && asksForMore(conversation));
  const goesBack = isAbove(conversation.mode, said.mode);
  const mine = said.declined || goesBack ? lower(before.mine, said.mode) : before.mine;
  return change(call, conversation, { ...before, mine, theirs: said.mode, questions, refused }, now);
}

/** Returns what to tell the stranger again when they can be reached again, because it may have been lost. */
export function agreedAgain(call: Call, conversation: Conversation): Effect[] {
  return conversation.agreed ? tell(call, conversation) : [];
}

function agreedIn({ agreed, mode }: Conversation): Agreed {
  return agreed ?? { mine: mode, theirs: mode, questions: 0, declined: false, refused: false };
}

function change(call: Call, before: Conversation, agreed: Agreed, now: number): Step {
  const mode = lower(agreed.mine, agreed.theirs);
  const told = agreed.mine === myMode(before) ? [] : tell(call, { ...before, agreed });
  if (mode === before.mode) return [{ ...call, conversation: { ...before, agreed } }, told];
  const opens = before.mode === "text";
  const link = mode === "text" ? "connected" : opens ? "connecting" : before.link;
  const ice = opens ? aged(before, now) : before.ice;
  const anew = { ...agreed, declined: false, refused: false };
  const conversation: Conversation = { ...before, agreed: anew, mode, link, ice };
  return [{ ...call, conversation }, [...told, { type: "change_mode", conversation }]];
}

/** The credentials of a relay may have expired while the two were writing. */
function aged({ ice, iceAt }: Conversation, now: number): Conversation["ice"] {
  if (ice.expires_in === undefined || iceAt === undefined) return ice;
  return { ...ice, expires_in: Math.max(0, ice.expires_in - (now - iceAt) / 1000) };
}

function tell({ online, relaysModes }: Call, conversation: Conversation, declined = false): Effect[] {
  if (!online || !relaysModes) return [];
  const { match } = conversation;
  const said: AgreedMode = { type: "mode", match, mode: myMode(conversation) };
  return [{ type: "send", message: declined ? { ...said, declined } : said }];
}

function isAbove(one: Mode, other: Mode): boolean {
  return ORDER.indexOf(one) > ORDER.indexOf(other);
}

function lower(one: Mode, other: Mode): Mode {
  return isAbove(one, other) ? other : one;
}
