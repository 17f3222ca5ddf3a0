// How many lines a stranger wrote while nobody looked at the page. Pure.

import type { Conversation, Line } from "./state";

export class UnreadCounter {
  /** The last line of theirs that was seen: lines of theirs never change, and are in one match only. */
  private seen: Line | undefined;

  count(conversation: Conversation | undefined, looks: boolean): number {
    const theirs = (conversation?.lines ?? []).filter(({ from }) => from === "stranger");
    if (looks) this.seen = theirs.at(-1);
    return theirs.length - 1 - (this.seen ? theirs.lastIndexOf(this.seen) : -1);
  }
}

/** The title of the page with what is to be seen before it, in place of what was there. */
export function titleWith(title: string, unseen: number): string {
  const bare = title.replace(/^\(\d+\) /, "");
  return unseen > 0 ? `(${unseen}) ${bare}` : bare;
}
