// Views are given a state and tell events: all that is seen follows from the one, and all that is done is the other.

import type { Call, CallEvent } from "./core/call/state";
import type { Preferences } from "./preferences";
import type { Reason } from "./safety/report-outbox";
import type { Settings } from "./settings";

export interface PageState {
  call: Call;
  preferences: Preferences;
  settings: Settings;
  /** Somebody left so short a time ago that one may still have something to say about them. */
  canReportLast: boolean;
}

/** Something happens to the call, or a person does something beside it. */
export type PageEvent =
  | CallEvent
  | { type: "change_preferences"; change: Partial<Preferences> }
  | { type: "change_settings"; change: Partial<Settings> }
  | { type: "retry_media" }
  | { type: "mute" }
  | { type: "camera" }
  /** `reason`: at once, without asking for one. */
  | { type: "report"; whom: "here" | "left"; reason?: Reason }
  /** The focus was on a button that is gone. */
  | { type: "focus_lost" }
  /** Something beside this state has changed that is seen: a picture, a device, a part that has been loaded. */
  | { type: "changed" };

export type Dispatch = (event: PageEvent) => void;

/** Whatever is seen of the state. */
export interface View {
  render(state: PageState): void;
}
