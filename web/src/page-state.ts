// The interface between the page and its views: views render a state and dispatch events.

import type { Call, CallEvent } from "./core/call/state";
import type { Fault } from "./core/partner-picture";
import type { Kind } from "./devices/device-list";
import type { ReportReason } from "./http.generated";
import type { Preferences } from "./preferences";
import type { Settings } from "./settings";

export interface PageState {
  call: Call;
  preferences: Preferences;
  settings: Settings;
  /** The last partner left a moment ago and can still be reported. */
  canReportLast: boolean;
  /** What has been wrong with the stranger's picture for some time. */
  fault: Fault | undefined;
  /** The check on this device found my picture fine. */
  checkedMine: boolean;
}

/** An event of the call, or an action of the visitor beside it. */
export type PageEvent =
  | CallEvent
  | { type: "change_preferences"; change: Partial<Preferences> }
  | { type: "change_settings"; change: Partial<Settings> }
  | { type: "retry_media" }
  | { type: "go_on_without_microphone" }
  /** The visitor has allowed a device that the page may use from now on. */
  | { type: "permitted"; kind: Kind }
  /** Nobody has looked at the page for a while, or it is being left. Then somebody looks again. */
  | { type: "unwatched" }
  | { type: "watched" }
  | { type: "mute" }
  | { type: "camera" }
  /** With a `reason` the report is sent at once. */
  | { type: "report"; whom: "here" | "left"; reason?: ReportReason }
  /** The focus was on a button that has disappeared. */
  | { type: "focus_lost" }
  /** Something outside this state has changed and must be rendered: a picture, a device, a loaded part. */
  | { type: "changed" };

export type Dispatch = (event: PageEvent) => void;

/** Renders a part of the page. */
export interface View {
  render(state: PageState): void;
}
