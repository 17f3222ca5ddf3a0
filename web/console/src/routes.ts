// Reads and writes the current screen in the part of the address after `#`, so that Back and reloading work. Pure.

import { ROLES, type Role } from "./api.generated";

export const SCREENS = [
  "queue",
  "team",
  "appeals",
  "work",
  "transparency",
  "policy",
  "audit",
  "people",
] as const;
/** A screen, and what it shows: `id` names a thing, and `query` holds the parameters of a search. */
export type Route = {
  screen: (typeof SCREENS)[number] | "case" | "visitor" | "id" | "invitation";
  id: string;
  query?: string;
};

/** The least role that each screen needs; the others need none. */
const REQUIRED_ROLES: Partial<Record<Route["screen"], Role>> = {
  policy: "senior",
  audit: "senior",
  people: "admin",
};

/** The screens that show one thing, and the lists that can be searched. */
const WITH_ID: readonly string[] = ["case", "visitor", "id"];
const SEARCHED: readonly string[] = ["queue", "audit"];

export function hasRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

export function canOpen(role: Role, screen: Route["screen"]): boolean {
  return hasRole(role, REQUIRED_ROLES[screen] ?? "viewer");
}

/** Returns the route that a hash names, or the queue if it names none. */
export function parseRoute(hash: string): Route {
  const [, screen = "", separator = "", rest = ""] = /^#?([a-z]*)([=/?]?)(.*)$/s.exec(hash) ?? [];
  if (screen === "invitation" && separator === "=") return { screen, id: rest };
  const of = separator === "/" ? decodeOrEmpty(rest) : "";
  if (WITH_ID.includes(screen) && of) return { screen: screen as Route["screen"], id: of };
  const known = SCREENS.find((one) => one === screen) ?? "queue";
  if (separator === "?" && rest && SEARCHED.includes(known)) return { screen: known, id: "", query: rest };
  return { screen: known, id: known === "appeals" ? of : "" };
}

export function routeHash({ screen, id: of, query }: Route): string {
  if (query) return `#${screen}?${query}`;
  return of ? `#${screen}/${encodeURIComponent(of)}` : `#${screen}`;
}

function decodeOrEmpty(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return ""; // the address contains an incomplete escape
  }
}
