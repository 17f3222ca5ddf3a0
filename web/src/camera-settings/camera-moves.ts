// Sliders for zoom, pan and tilt. Some browsers tell them only after a permission, which is asked when somebody wants it.

import { MOVES, type Move, type Range, rangesOf } from "../core/camera-moves";
import type { LocalMedia } from "../devices/local-media";
import type { MyPictureTexts } from "../my-picture/texts";
import { button } from "../view/dom";

export type MovableCamera = Pick<LocalMedia, "track" | "settings" | "change" | "cameraOff">;

/** All of them at once, because the browser asks once. A camera without them is as good. */
const WANTED = { zoom: true, pan: true, tilt: true } as MediaTrackConstraints;

interface Slider {
  field: HTMLElement;
  input: HTMLInputElement;
}

export class CameraMoves {
  private readonly sliders: ReadonlyMap<Move, Slider>;
  private readonly asking = fieldOf();
  private readonly ask: HTMLButtonElement;
  private readonly hint = document.createElement("small");
  /** The camera whose sliders are shown, and the one that was asked for. */
  private shown: MediaStreamTrack | undefined;
  private asked: MediaStreamTrack | undefined;

  constructor(
    private readonly texts: MyPictureTexts,
    site: string,
    private readonly media: MovableCamera,
  ) {
    this.sliders = new Map(MOVES.map((move) => [move, this.sliderOf(move)]));
    this.ask = button(texts.camera_move, () => void this.askForMoves());
    this.hint.setAttribute("role", "status");
    this.hint.textContent = texts.camera_move_hint.replace("{site}", site);
    this.asking.append(this.ask, this.hint);
    this.showRanges(new Map());
  }

  get fields(): readonly HTMLElement[] {
    return [...[...this.sliders.values()].map(({ field }) => field), this.asking];
  }

  render(): void {
    const { media } = this;
    const camera = media.cameraOff ? undefined : media.track("video");
    if (camera === this.shown) return;
    this.shown = camera;
    const ranges = rangesOf(camera?.getCapabilities?.() ?? {});
    this.showRanges(ranges);
    const unknown = camera !== undefined && ranges.size === 0;
    this.asking.hidden = !unknown || !("zoom" in navigator.mediaDevices.getSupportedConstraints());
    this.ask.hidden = camera !== undefined && camera === this.asked;
    if (this.ask.hidden) this.hint.textContent = this.texts.camera_still;
  }

  private sliderOf(move: Move): Slider {
    const input = Object.assign(document.createElement("input"), { type: "range", id: `move-${move}` });
    input.oninput = () => void this.move(move, Number(input.value));
    const label = Object.assign(document.createElement("label"), { htmlFor: input.id });
    label.textContent = this.texts[move];
    const field = fieldOf();
    field.append(label, input);
    return { field, input };
  }

  private showRanges(ranges: ReadonlyMap<Move, Range>): void {
    const now: Partial<Record<Move, number>> = this.media.settings("video");
    for (const [move, { field, input }] of this.sliders) {
      const range = ranges.get(move);
      field.hidden = !range;
      if (!range) continue;
      for (const side of ["min", "max", "step"] as const) input[side] = String(range[side]);
      input.value = String(now[move] ?? range.min);
    }
  }

  private async move(move: Move, value: number): Promise<void> {
    const camera = this.media.track("video");
    const constraints = { ...camera?.getConstraints(), advanced: [{ [move]: value }] };
    await camera?.applyConstraints(constraints).catch((error: Error) => {
      console.info("The camera did not move:", error.name); // it may have gone meanwhile
    });
  }

  /** Requests the same camera once more, with the right to move it. */
  private async askForMoves(): Promise<void> {
    const { media } = this;
    this.ask.disabled = true;
    const { deviceId } = media.settings("video");
    const same = deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
    await media.change("video", () => ({ ...same, ...WANTED }));
    this.asked = media.track("video");
    this.ask.disabled = false;
    this.shown = undefined;
    this.render();
  }
}

function fieldOf(): HTMLElement {
  return Object.assign(document.createElement("div"), { className: "field" });
}
