// Counts the lines that a stranger wrote while nobody looked at the page. Pure.

import type { Conversation, Line } from "./state";

export class UnreadCounter {
  /** The last line that was seen. Lines of a stranger never change and belong to one match. */
  private seen: Line | undefined;

  count(conversation: Conversation | undefined, looks: boolean): number {
    const theirs = (conversation?.lines ?? []).filter(({ from }) => from === "stranger");
    if (looks) this.seen = theirs.at(-1);
    return theirs.length - 1 - (this.seen ? theirs.lastIndexOf(this.seen) : -1);
  }
}

/** Returns the title of the page with the number of unread lines before it. */
export function titleWith(title: string, unseen: number): string {
  const bare = title.replace(/^\(\d+\) /, "");
  return unseen > 0 ? `(${unseen}) ${bare}` : bare;
}
