// The link of an invitation. It stands in the fragment, which browsers send to no server. Pure.

const NAME = "#invitation=";
/** A gateway takes no longer one. */
const LONGEST = 512;

/** `page` is the address of the page without a fragment. */
export function linkOf(invitation: string, page: string): string {
  return `${page}${NAME}${invitation}`;
}

/** Returns the invitation in a fragment, undefined if there is none. It may be anything. */
export function invitationIn(hash: string): string | undefined {
  return hash.startsWith(NAME) ? hash.slice(NAME.length, NAME.length + LONGEST) || undefined : undefined;
}
