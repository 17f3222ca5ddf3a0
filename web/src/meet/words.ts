// What the page says while somebody is awaited whom the visitor knows. Pure.

import type { Hint } from "../core/call/search-hints";
import type { Call, Wish } from "../core/call/state";
import type { MeetTexts } from "./texts";

/**
 * Whom a search is for: the stranger of a former match, the host of an invitation, the guest of my own, or one guest
 * after the other.
 */
export type Kind = "again" | "guest" | "host" | "line";

export interface SearchWords extends Hint {
  title: string;
}

/** Returns whether a wish is for people whom the visitor knows. */
export function isMeeting(wish: Wish | undefined): boolean {
  return wish?.again !== undefined || wish?.invitation !== undefined;
}

/** Returns the words for a search. `until` says when my invitation expires, if it is known. While no matcher answers, there are none. */
export function searchWords(
  kind: Kind,
  { search }: Call,
  until: string,
  texts: MeetTexts,
): SearchWords | undefined {
  if (search?.hint === "matcher_away") return undefined;
  switch (kind) {
    case "again":
      return {
        title: texts.again_title,
        sentence: search?.hint === "met" ? texts.again_soon : texts.again_text,
      };
    case "guest":
      return { title: texts.friend_title, sentence: texts.guest_text };
    case "host":
      return { title: texts.friend_title, sentence: texts.host_text.replace("{time}", until) };
    case "line":
      return { title: texts.line_title, sentence: until && texts.line_text.replace("{time}", until) };
  }
}
