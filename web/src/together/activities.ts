// What two strangers can do together. Each activity is loaded when it begins, and so are its texts.

import type { Locale } from "../language/locale";
import type { PageTranslator } from "../language/texts";
import type { Mode } from "../messages.generated";
import type { Capture } from "../safety/recent-frames";
import type { ActivityChannel } from "./activity-channel";
import { DRAWING } from "./drawing/drawing-activity";
import { FOUR_IN_A_ROW } from "./games/four-activity";
import { ROCK_PAPER_SCISSORS } from "./games/hands-activity";
import { STAGE } from "./stage/activity";

export interface ActivityWords {
  /** As in a menu: “Draw together”. */
  title: string;
  /** What is asked of the other one: “The stranger would like to draw with you.” */
  asks: string;
}

export interface ActivityContext {
  /** Nothing arrives before this activity begins, or after it ends. */
  channel: Pick<ActivityChannel, "send" | "listen">;
  match: string;
  /** The polite side is side 0 of a game. */
  polite: boolean;
  /** I proposed it, so I begin. It is the other way round at the stranger's page. */
  mine: boolean;
  translator: PageTranslator;
  locale: Locale;
  /** What the two draw is a picture from a stranger, so a report of this match has it. */
  setDrawing(capture: Capture): void;
  /** Ends it for both. */
  done(): void;
  /** Sends an applause, which is shown and heard at the other side. */
  applaud(): void;
}

export interface OpenActivity {
  /** Stops everything. The panel is emptied afterwards. */
  close(): void;
}

/** Shows the activity in `panel`. A heading with its title and a button to end it stand above. */
export type ActivityOpener = (panel: HTMLElement, context: ActivityContext) => OpenActivity;

export interface Activity {
  /** How pages call it. */
  name: string;
  /** The kinds of conversation that it suits. A text conversation has no channel. */
  modes: readonly Mode[];
  /** `small`: a few words and buttons, so the pictures stay large. Otherwise they make room. */
  size?: "small";
  words: Record<Locale, ActivityWords>;
  load(locale: Locale): Promise<ActivityOpener>;
}

/** In the order of the menu. */
export const ACTIVITIES: readonly Activity[] = [DRAWING, FOUR_IN_A_ROW, ROCK_PAPER_SCISSORS, STAGE];

/** Returns the activities that suit this kind of conversation. */
export function activitiesFor(mode: Mode): Activity[] {
  return ACTIVITIES.filter(({ modes }) => modes.includes(mode));
}
