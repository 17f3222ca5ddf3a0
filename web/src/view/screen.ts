// The stranger's picture in a window of its own, and the whole page on the whole screen.

import { byId } from "./dom";

const [WIDTH, HEIGHT] = [320, 180];

export class ScreenView {
  private blank: MediaStream | undefined;

  constructor(private readonly remote: HTMLVideoElement) {
    this.wirePictureInPicture();
    this.wireFullScreen();
  }

  /** Between two strangers the small window stays; when nobody is looked for, it goes. */
  leave(): void {
    if (this.small()) void document.exitPictureInPicture();
  }

  private small(): boolean {
    return document.pictureInPictureElement === this.remote;
  }

  private wirePictureInPicture(): void {
    const button = byId("picture");
    if (!document.pictureInPictureEnabled) {
      button.remove();
      return;
    }
    button.onclick = () => void (this.small() ? document.exitPictureInPicture() : this.shrink());
    const show = () => button.setAttribute("aria-pressed", String(this.small()));
    this.remote.addEventListener("enterpictureinpicture", show);
    this.remote.addEventListener("leavepictureinpicture", show);
    this.remote.addEventListener("emptied", () => this.cover());
  }

  /** Before the first picture there is nothing to show there. */
  private async shrink(): Promise<void> {
    if (this.remote.readyState >= HTMLMediaElement.HAVE_METADATA) await this.remote.requestPictureInPicture();
  }

  /** Without a stream browsers leave the last picture in the small window: nobody is to be seen there now. */
  private cover(): void {
    if (!this.small() || this.remote.srcObject) return;
    this.blank ??= nothing();
    this.remote.srcObject = this.blank;
    void this.remote.play();
  }

  /** All of the page, for notes and dialogs lie outside the room. */
  private wireFullScreen(): void {
    const button = byId("full");
    if (!document.fullscreenEnabled) {
      button.remove();
      return;
    }
    const toggle = () =>
      document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    button.onclick = () => void toggle();
    document.addEventListener("fullscreenchange", () => {
      button.setAttribute("aria-pressed", String(document.fullscreenElement !== null));
    });
  }
}

/** The two circles of the page, on its dark ground. */
function nothing(): MediaStream {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const brush = canvas.getContext("2d");
  const stream = canvas.captureStream();
  if (!brush) return stream;
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
  return stream;
}
