// Sliders for zoom, pan and tilt. Some browsers tell them only after a permission, which is asked when somebody wants it.

import { type Move, MOVES, type Range, rangesOf } from "../core/camera-moves";
import type { LocalMedia } from "../devices/local-media";
import { button } from "../view/dom";
import type { CameraTexts } from "./texts";

export type MovableCamera = Pick<LocalMedia, "track" | "settings" | "change" | "cameraOff">;

/** All of them at once, because the browser asks once. A camera without them is as good. */
const WANTED = { zoom: true, pan: true, tilt: true } as MediaTrackConstraints;

export class CameraMoves {
  readonly field = Object.assign(document.createElement("div"), { className: "field moves" });
  private readonly sliders = new Map<Move, HTMLInputElement>();
  private readonly rows = new Map<Move, HTMLElement>();
  private readonly ask: HTMLButtonElement;
  private readonly hint = document.createElement("small");
  /** The camera whose sliders are shown, and the one that was asked for. */
  private shown: MediaStreamTrack | undefined;
  private asked: MediaStreamTrack | undefined;

  constructor(
    private readonly texts: CameraTexts,
    private readonly site: string,
    private readonly media: MovableCamera,
  ) {
    this.ask = button(texts.move, () => void this.askForMoves());
    this.hint.setAttribute("role", "status");
    this.field.append(...MOVES.map((move) => this.row(move)), this.ask, this.hint);
  }

  render(): void {
    const { media } = this;
    const camera = media.cameraOff ? undefined : media.track("video");
    if (camera === this.shown) return;
    this.shown = camera;
    const ranges = rangesOf((camera?.getCapabilities?.() ?? {}) as Parameters<typeof rangesOf>[0]);
    for (const move of MOVES) this.showRow(move, ranges.get(move));
    const unknown = camera !== undefined && ranges.size === 0;
    const supported = "zoom" in navigator.mediaDevices.getSupportedConstraints();
    const { move_hint, none } = this.texts;
    this.hint.textContent = camera === this.asked ? none : move_hint.replace("{site}", this.site);
    this.ask.hidden = !unknown || !supported || camera === this.asked;
    this.hint.hidden = !unknown || !supported;
    this.field.hidden = ranges.size === 0 && this.hint.hidden;
  }

  private row(move: Move): HTMLElement {
    const slider = Object.assign(document.createElement("input"), { type: "range", id: `move-${move}` });
    slider.oninput = () => void this.apply();
    const label = Object.assign(document.createElement("label"), { htmlFor: slider.id, hidden: true });
    label.textContent = this.texts[move];
    label.append(slider);
    this.sliders.set(move, slider);
    this.rows.set(move, label);
    return label;
  }

  private showRow(move: Move, range: Range | undefined): void {
    const [row, slider] = [this.rows.get(move), this.sliders.get(move)];
    if (!row || !slider) return;
    row.hidden = !range;
    if (!range) return;
    const now = (this.media.settings("video") as Partial<Record<Move, number>>)[move];
    Object.assign(slider, { min: range.min, max: range.max, step: range.step });
    slider.value = String(now ?? range.min);
  }

  private async apply(): Promise<void> {
    const moves = MOVES.filter((move) => !this.rows.get(move)?.hidden);
    const values = moves.map((move) => [move, Number(this.sliders.get(move)?.value)]);
    const track = this.media.track("video");
    const constraints = { ...track?.getConstraints(), advanced: [Object.fromEntries(values)] };
    await track?.applyConstraints(constraints).catch((error: Error) => {
      console.info("The camera did not move:", error.name); // it may have gone meanwhile
    });
  }

  /** Requests the same camera once more, with the right to move it. */
  private async askForMoves(): Promise<void> {
    const { media } = this;
    this.ask.disabled = true;
    const { deviceId } = media.settings("video");
    await media.change("video", () => ({ ...(deviceId ? { deviceId: { exact: deviceId } } : {}), ...WANTED }));
    this.asked = media.track("video");
    this.shown = undefined;
    this.ask.disabled = false;
    this.render();
  }
}
