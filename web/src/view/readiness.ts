// Says before Start whether camera, microphone and connection work, with one plain sentence each.

import type { LevelMeter } from "../devices/level-meter";
import type { LocalMedia } from "../devices/local-media";
import { keepPrompt } from "../install/kept-prompt";
import type { Key, PageTranslator } from "../language/texts";
import { Lazy } from "../lazy";
import type { Mode } from "../messages.generated";
import type { Dispatch, PageState } from "../page-state";
import type { Settings } from "../settings";
import type { Site } from "../site/site";
import { byId } from "./dom";
import { onNextGesture } from "./gesture";

/** Speech is louder than this, and the noise of a room is not. */
const HEARD = 0.08;

export interface Situation {
  mode: Mode;
  online: boolean;
  cameraOff: boolean;
  /** Undefined: there is none. `on`: its level is not measured yet. */
  microphone: "muted" | "on" | "quiet" | "heard" | undefined;
  /** Without the devices that the mode needs, the stage says what is wrong. */
  ready: boolean;
  site: Pick<Site, "ice_policy" | "relay">;
  settings: Pick<Settings, "hideAddress">;
}

const MICROPHONE = {
  muted: "ready_muted",
  on: "ready_on",
  quiet: "ready_quiet",
  heard: "ready_microphone",
} as const;

/** Returns what to say about each. */
export function sentencesOf(situation: Situation): { camera?: Key; microphone?: Key; connection: Key[] } {
  const { mode, online, cameraOff, microphone, ready } = situation;
  const connection: Key[] = online ? ["ready_online"] : ["ready_offline"];
  if (mode === "text") return { connection };
  if (online) connection.push(wayOf(situation));
  if (!ready) return { connection };
  const sound: Key = microphone ? MICROPHONE[microphone] : "no_microphone";
  const camera: Key = cameraOff ? "camera_off" : "ready_camera";
  return mode === "audio" ? { microphone: sound, connection } : { camera, microphone: sound, connection };
}

function wayOf({ site, settings }: Situation): Key {
  if (site.ice_policy === "relay" || (site.relay && settings.hideAddress)) return "ready_relay";
  return site.relay ? "ready_either" : "ready_direct";
}

/** Whether the network is worth a look: a call may go directly, and the site has servers that tell. */
export function mayCheckNetwork(way: Key, stun: readonly string[] = []): boolean {
  return stun.length > 0 && (way === "ready_either" || way === "ready_direct");
}

export class ReadinessView {
  private state: PageState | undefined;
  private measured: MediaStreamTrack | undefined;
  private running = false;
  private heard: MediaStreamTrack | undefined;
  private network = this.uncheckedNetwork();

  /** What the browser asks about installing the page. */
  readonly installation = keepPrompt();

  constructor(
    private readonly translator: PageTranslator,
    private readonly media: Pick<LocalMedia, "state" | "cameraOff" | "muted" | "track">,
    private readonly site: Site,
    private readonly meter: LevelMeter,
    dispatch: Dispatch,
  ) {
    byId("microphone-again").onclick = () => dispatch({ type: "retry_media" });
    addEventListener("online", () => {
      this.network = this.uncheckedNetwork(); // it may be another network
      this.renderAgain();
    });
  }

  /** What this network lets through, in one sentence, if that is known. */
  private uncheckedNetwork(): Lazy<string | undefined> {
    return new Lazy({
      load: async () => {
        const { networkSentence } = await import("../network/network-sentence");
        return networkSentence(this.translator.locale, this.site);
      },
      onLoaded: () => this.renderAgain(),
      onFailed: (error) => console.info("The network could not be checked:", error.name),
    });
  }

  render(state: PageState): void {
    this.state = state;
    const { call, preferences, settings } = state;
    const idle = call.phase === "idle";
    const microphone = this.media.track("audio");
    this.measure(idle && !this.media.muted ? microphone : undefined);
    if (!idle) return;
    const {
      camera,
      microphone: sound,
      connection,
    } = sentencesOf({
      mode: this.media.state === "unsupported" ? "text" : preferences.mode, // no call goes any way
      online: call.online,
      cameraOff: this.media.cameraOff,
      microphone: microphone && this.stateOf(microphone),
      ready: this.media.state === "ready",
      site: this.site,
      settings,
    });
    this.say("ready-camera", camera);
    this.say("ready-microphone", sound, sound && "ready_captions");
    this.sayConnection(connection);
    byId("microphone-again").hidden = sound !== "no_microphone";
    byId("level").hidden = !this.running;
  }

  private stateOf(microphone: MediaStreamTrack): Situation["microphone"] {
    if (this.media.muted) return "muted";
    if (microphone === this.heard) return "heard";
    return this.running ? "quiet" : "on";
  }

  private say(id: string, ...keys: (Key | undefined | "")[]): void {
    const said = keys
      .map((key) => key && this.translator.text(key))
      .filter(Boolean)
      .join(" ");
    if (byId(id).textContent !== said) byId(id).textContent = said;
  }

  /** Once the network was checked, its sentence replaces the one that holds for all networks. */
  private sayConnection([state, way]: readonly Key[]): void {
    const checks = way !== undefined && mayCheckNetwork(way, this.site.stun);
    const { connection } = navigator as { connection?: { saveData?: boolean } };
    if (checks && !connection?.saveData) this.network.load();
    const known = checks ? this.network.value : undefined;
    const said = [state && this.translator.text(state), known ?? (way && this.translator.text(way))];
    const text = said.filter(Boolean).join(" ");
    if (byId("ready-connection").textContent !== text) byId("ready-connection").textContent = text;
  }

  /** Measures this microphone. Browsers give no sound to a page that nobody has touched. */
  private measure(microphone: MediaStreamTrack | undefined): void {
    if (microphone === this.measured) return;
    this.measured = microphone;
    this.running = false;
    this.meter.stop();
    const start = () => {
      if (!microphone || microphone !== this.measured) return;
      this.running = true;
      this.meter.start(new MediaStream([microphone]), (level) => this.level(microphone, level));
    };
    const { userActivation } = navigator as { userActivation?: UserActivation };
    if (userActivation?.hasBeenActive !== false) start();
    else
      onNextGesture(() => {
        start();
        this.renderAgain();
      });
  }

  private level(microphone: MediaStreamTrack, level: number): void {
    byId("level").style.setProperty("--level", String(level));
    if (level < HEARD || microphone === this.heard) return;
    this.heard = microphone;
    this.renderAgain();
  }

  private renderAgain(): void {
    if (this.state) this.render(this.state);
  }
}
