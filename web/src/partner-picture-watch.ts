// Looks at the stranger's picture once a second, and whenever its size changes: is it black, or tiny? Does it ever
// change?

import type { Call } from "./core/call/state";
import { lifted, observe, type PartnerPicture, UNSEEN } from "./core/partner-picture";
import { compare, interrupted, neverChanged, UNCOMPARED } from "./core/still-picture";

const EVERY_MS = 1_000;
const [WIDTH, HEIGHT] = [16, 9];
/** The most that a value of 0…255 may be. A camera that is off is not quite black after encoding. */
const BLACK = 24;

/** Takes red, green, blue and alpha of each pixel. */
export function isBlack(pixels: ArrayLike<number>): boolean {
  return Array.from(pixels).every((value, place) => place % 4 === 3 || value < BLACK);
}

export interface PartnerPictureWatchParts {
  video: HTMLVideoElement;
  /** Returns the longer side of the picture in pixels, or 0 before it plays. */
  longest: () => number;
  onChange: () => void;
  /** The picture of the match with this pass, which is over, never changed. */
  onStill: (pass: string) => void;
  now?: () => number;
}

export class PartnerPictureWatch {
  picture: PartnerPicture = UNSEEN;
  private readonly brush: CanvasRenderingContext2D | null;
  private match: string | undefined;
  private pass = "";
  /** Both have lifted their curtains. */
  private open = false;
  private still = UNCOMPARED;
  /** Whether a frame has come since the last look. Firefox does not count those of a stranger in any other way. */
  private frame: "expected" | "arrived" | undefined;
  private longest = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly parts: PartnerPictureWatchParts) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [WIDTH, HEIGHT];
    this.brush = canvas.getContext("2d", { willReadFrequently: true });
  }

  /** Must be called whenever the conversation or the size of the picture may have changed. */
  update({ conversation }: Call): void {
    const match = conversation?.mode === "video" ? conversation.match : undefined;
    if (match !== this.match) this.begin(match);
    if (conversation) this.pass = conversation.pass;
    const { told, theirs } = conversation?.lifted ?? {};
    const open = told === true && theirs === true;
    if (open && !this.open) this.picture = lifted(this.picture, this.now());
    this.open = open;
    if (match !== undefined && this.parts.longest() !== this.longest) this.look();
  }

  private begin(match: string | undefined): void {
    clearInterval(this.timer);
    if (neverChanged(this.still)) this.parts.onStill(this.pass);
    this.still = UNCOMPARED;
    this.match = match;
    this.picture = UNSEEN;
    this.longest = 0;
    if (match !== undefined) this.timer = setInterval(() => this.lookAgain(), EVERY_MS);
  }

  private lookAgain(): void {
    const before = this.picture;
    this.look();
    const { visible, told } = this.picture;
    if (visible !== before.visible || told !== before.told) this.parts.onChange();
  }

  private look(): void {
    this.longest = this.parts.longest();
    const pixels = this.longest > 0 ? this.pixels() : undefined;
    this.picture = observe(this.picture, this.longest, pixels !== undefined && isBlack(pixels), this.now());
    this.compare(pixels, this.now());
  }

  private now(): number {
    return (this.parts.now ?? (() => performance.now()))();
  }

  /** Compares clear pictures only, and only if frames arrive: a bad network shows the same picture for long. */
  private compare(pixels: Uint8ClampedArray | undefined, now: number): void {
    if (!pixels || this.picture.fault) this.still = interrupted(this.still);
    else if (this.frame === "arrived") this.still = compare(this.still, this.longest, pixels, now);
    this.expectFrame();
  }

  private expectFrame(): void {
    const { video } = this.parts;
    if (this.frame === "expected" || !("requestVideoFrameCallback" in video)) return;
    this.frame = "expected";
    video.requestVideoFrameCallback(() => {
      this.frame = "arrived";
    });
  }

  private pixels(): Uint8ClampedArray | undefined {
    if (!this.brush) return undefined;
    this.brush.clearRect(0, 0, WIDTH, HEIGHT); // a browser may draw nothing
    this.brush.drawImage(this.parts.video, 0, 0, WIDTH, HEIGHT);
    return this.brush.getImageData(0, 0, WIDTH, HEIGHT).data;
  }
}
