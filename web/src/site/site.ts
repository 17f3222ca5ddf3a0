// The operator's configuration of the site, from `GET /api/config`.

import { CURTAINS, type PageConfig } from "../http.generated";
import { onlyObjects, parseObject, sameTypes } from "../storage/json-guards";

/** What the page uses of the configuration. An older gateway names no STUN servers, nor whether its status is public. */
export type Site = Omit<PageConfig, "protocol" | "limits" | "popular" | "status" | "stun"> &
  Partial<Pick<PageConfig, "status" | "stun">>;

const STORAGE_KEY = "zufall.site";
const TIMEOUT_MS = 4_000;
/** Holds until the first answer: the careful choice. */
const UNASKED: Site = {
  name: "Zufall",
  logo: null,
  colours: {},
  rules: null,
  links: [],
  advertising: null,
  recogniser: null,
  curtain: "always",
  ice_policy: "public",
  relay: false,
};

/** Optional fields that are texts. */
const TEXTS = { logo: "", advertising: "", recogniser: "" };

type Store = Pick<Storage, "getItem" | "setItem">;

/** Fetches the configuration. Returns undefined without a connection or a valid answer. */
export async function fetchSite(store: Store, request: typeof fetch = fetch): Promise<Site | undefined> {
  try {
    const answer = await request("/api/config", { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const said = answer.ok ? await answer.text() : null;
    const site = parseSite(said);
    if (site && said !== null) {
      store.setItem(STORAGE_KEY, said);
      return site;
    }
  } catch (error) {
    console.info("The site's configuration could not be fetched:", (error as Error).name); // the stored configuration stays valid
  }
  return undefined;
}

/** Returns the configuration that was stored last. */
export function storedSite(store: Store): Site {
  return parseSite(store.getItem(STORAGE_KEY)) ?? UNASKED;
}

/** Parses the configuration. A login page on the way may answer, too, but not like this. */
function parseSite(said: string | null): Site | undefined {
  const found = parseObject(said);
  if (!found) return undefined;
  const { links, rules, curtain } = found as Partial<Site>;
  return {
    ...UNASKED,
    ...sameTypes({ ...UNASKED, ...TEXTS, status: true, stun: [] }, found),
    links: onlyObjects(links) as unknown as Site["links"],
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
