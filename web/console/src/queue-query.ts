// Reads and writes what the list of cases is filtered and sorted by. The address has the same parameters as the API. Pure.

/** The parameters of a search, in the order in which an address has them. */
export const QUERY_NAMES = [
  "state",
  "group",
  "reason",
  "standing",
  "pictures",
  "known",
  "brigade",
  "score",
  "visitor",
  "reporter",
  "network",
  "text",
  "language",
  "mode",
  "country",
  "second_look",
  "handed",
  "escalated",
  "mentions",
  "level",
  "rule",
  "moderator",
  "appealed",
  "opened_from",
  "opened_to",
  "decided_from",
  "decided_to",
  "sort",
] as const;
export type QueryName = (typeof QUERY_NAMES)[number];

/** The parameters that are set. Without any, these are the open cases, the most urgent first, without floods. */
export type CaseQuery = Readonly<Partial<Record<QueryName, string>>>;

/** Reads a query. It leaves out what is empty or not known. */
export function parseQuery(text: string): CaseQuery {
  const given = new URLSearchParams(text);
  const entries = QUERY_NAMES.map((name) => [name, given.get(name) ?? ""] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}

/** Writes a query, always in the same order. */
export function queryText(query: CaseQuery): string {
  const set = QUERY_NAMES.filter((name) => query[name]).map((name) => [name, query[name] ?? ""]);
  return new URLSearchParams(set).toString();
}

export function sameQuery(one: CaseQuery, other: CaseQuery): boolean {
  return queryText(one) === queryText(other);
}

/** Returns the query with some parameters changed; an empty value removes one. */
export function withChanges(query: CaseQuery, changes: CaseQuery): CaseQuery {
  return parseQuery(queryText({ ...query, ...changes }));
}

/** Tells whether this is the queue itself, which the service sends by itself when it changes. */
export function isStandard(query: CaseQuery): boolean {
  return queryText(query) === "";
}

/** Tells whether closed cases belong to the list as well. */
export function wantsClosed(query: CaseQuery): boolean {
  return query.state === "decided" || query.state === "all";
}

/** Returns the views that everybody has, each with the end of the key of its name. */
export function standardViews(me: string): readonly (readonly [string, CaseQuery])[] {
  return [
    ["queue", {}],
    ["known", { group: "known" }],
    ["minors", { group: "minor" }],
    ["second_look", { second_look: "1" }],
    ["handed", { handed: me }],
    ["pictures", { pictures: "1" }],
    ["oldest", { sort: "oldest" }],
    ["mine", { state: "decided", moderator: me }],
    ["appeals", { state: "decided", appealed: "1", sort: "oldest" }],
  ];
}
