// What the operator has decided for everybody here, as `GET /api/config` says it.

import { CURTAINS, type Curtain } from "../core/curtain";
import { onlyObjects, parseObject, sameTypes } from "../storage/json-guards";

export interface Site {
  name: string;
  /** The address of the operator's logo, if there is one. */
  logo: string | null;
  /** Custom properties of the style sheet, without `--`. */
  colours: Record<string, string>;
  /** Lines of plain text by language, "" for all others; the version changes with any of them. */
  rules: { version: string; texts: Record<string, string[]> } | null;
  links: { text: string; url: string }[];
  /** A page of another origin. */
  advertising: string | null;
  /** When two who have met see each other clearly, unless they chose otherwise. */
  curtain: Curtain;
  ice_policy: "relay" | "public" | "all";
  /** Whether there is a relay, through which media can pass so that no stranger learns an address. */
  relay: boolean;
  /** Whether `/api/status` says which interests are popular. */
  popular?: boolean;
}

const KEPT = "zufall.site";
const PATIENCE_MS = 4_000;
/** Until it has been asked once: the careful choice. */
const UNASKED: Site = {
  name: "Zufall",
  logo: null,
  colours: {},
  rules: null,
  links: [],
  advertising: null,
  curtain: "always",
  ice_policy: "public",
  relay: false,
};

/** What may be there, and is a text then. */
const TEXTS = { logo: "", advertising: "" };

type Store = Pick<Storage, "getItem" | "setItem">;

/** What the gateway says now; undefined without a connection, or where somebody else answers. */
export async function fetchSite(store: Store, request: typeof fetch = fetch): Promise<Site | undefined> {
  try {
    const answer = await request("/api/config", { signal: AbortSignal.timeout(PATIENCE_MS) });
    const said = answer.ok ? await answer.text() : null;
    const site = parseSite(said);
    if (site && said !== null) {
      store.setItem(KEPT, said);
      return site;
    }
  } catch (error) {
    console.info("the site was not asked:", (error as Error).name); // what it said the last time holds
  }
  return undefined;
}

/** What the gateway said the last time. */
export function storedSite(store: Store): Site {
  return parseSite(store.getItem(KEPT)) ?? UNASKED;
}

/** A login page in between answers, too, but not like this. */
function parseSite(said: string | null): Site | undefined {
  const found = parseObject(said);
  if (!found) return undefined;
  const { links, rules, curtain } = found as Partial<Site>;
  return {
    ...UNASKED,
    ...sameTypes({ ...UNASKED, ...TEXTS, popular: true }, found),
    links: onlyObjects(links) as Site["links"],
    rules:
      rules && onlyObjects([rules.texts]).length > 0 && Object.values(rules.texts).every(isText)
        ? rules
        : null,
    curtain: CURTAINS.find((one) => one === curtain) ?? UNASKED.curtain,
  };
}

function isText(lines: unknown): boolean {
  return Array.isArray(lines) && lines.every((line) => typeof line === "string");
}
