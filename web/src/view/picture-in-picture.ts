// The stranger's picture in a window of its own, which stays open from one stranger to the next.

import { byId } from "./dom";

const [WIDTH, HEIGHT] = [320, 180];

/** Matches the stranger's picture while the page shows it clearly. */
const SEEN =
  '[data-curtain="up"]:not([data-stranger="heard"]) [data-shows="clear"]:not([data-covered]) > .playing';

/** Returns undefined, and removes the button, if the browser does not support it. */
export function pictureInPicture(remote: HTMLVideoElement): PictureInPicture | undefined {
  if (document.pictureInPictureEnabled) return new PictureInPicture(remote);
  byId("picture").remove();
  return undefined;
}

export class PictureInPicture {
  /** A separate element, because browsers draw neither curtain nor cover in this window. */
  private readonly video = document.createElement("video");
  private readonly blank = new Blank();
  private readonly button = byId("picture");

  constructor(private readonly remote: HTMLVideoElement) {
    const { video, button } = this;
    video.className = "unseen";
    video.ariaHidden = "true";
    video.muted = video.autoplay = video.playsInline = true;
    video.srcObject = this.blank.stream;
    document.body.append(video);
    this.blank.draw();
    button.onclick = () => void this.toggle();
    video.onenterpictureinpicture = () => this.render();
    video.onleavepictureinpicture = () => this.render();
  }

  /** Shows the stranger, or an empty window between two strangers and behind the curtain. */
  render(): void {
    this.button.ariaPressed = String(this.open);
    const stream = this.open && this.remote.matches(SEEN) ? this.remote.srcObject : this.blank.stream;
    if (this.video.srcObject === stream) return;
    this.video.srcObject = stream;
    if (stream === this.blank.stream) this.blank.draw();
  }

  /** Closes the window, because the search has ended. */
  leave(): void {
    if (this.open) void document.exitPictureInPicture();
  }

  private get open(): boolean {
    return document.pictureInPictureElement === this.video;
  }

  private async toggle(): Promise<void> {
    if (this.open) await document.exitPictureInPicture();
    else if (this.video.readyState >= HTMLMediaElement.HAVE_METADATA)
      await this.video.requestPictureInPicture();
  }
}

/** A picture of two circles on a dark ground. */
class Blank {
  private readonly canvas = document.createElement("canvas");
  readonly stream = this.canvas.captureStream();

  /** Draws it again each time it is shown, because a stream delivers a picture only when one is drawn. */
  draw(): void {
    const { canvas } = this;
    [canvas.width, canvas.height] = [WIDTH, HEIGHT];
    const brush = canvas.getContext("2d");
    if (!brush) return;
    const style = getComputedStyle(document.documentElement);
    const circle = (x: number, colour: string) => {
      brush.fillStyle = style.getPropertyValue(colour);
      brush.beginPath();
      brush.arc(x, HEIGHT / 2, 32, 0, 2 * Math.PI);
      brush.fill();
    };
    brush.fillStyle = style.getPropertyValue("--stage");
    brush.fillRect(0, 0, WIDTH, HEIGHT);
    circle(WIDTH / 2 - 36, "--sun");
    circle(WIDTH / 2 + 36, "--sky");
  }
}
