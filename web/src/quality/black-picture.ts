// Notices a black picture: the stranger's camera is off or covered.

const [WIDTH, HEIGHT] = [16, 9];
/** The most that a value of 0…255 may be. A camera that is off is not quite black after encoding. */
const BLACK = 24;
/** Something may pass in front of a camera for a moment. */
const LOOKS = 3;

/** Takes red, green, blue and alpha of each pixel. */
export function isBlack(pixels: ArrayLike<number>): boolean {
  return Array.from(pixels).every((value, place) => place % 4 === 3 || value < BLACK);
}

export class BlackPictureDetector {
  private readonly brush: CanvasRenderingContext2D | null;
  private black = 0;

  constructor() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [WIDTH, HEIGHT];
    this.brush = canvas.getContext("2d", { willReadFrequently: true });
  }

  /** Returns whether the last looks, with this one, were all black. */
  look(video: HTMLVideoElement): boolean {
    this.black = this.isDark(video) ? this.black + 1 : 0;
    return this.black >= LOOKS;
  }

  forget(): void {
    this.black = 0;
  }

  private isDark(video: HTMLVideoElement): boolean {
    if (!this.brush || !video.videoWidth) return false;
    this.brush.drawImage(video, 0, 0, WIDTH, HEIGHT);
    return isBlack(this.brush.getImageData(0, 0, WIDTH, HEIGHT).data);
  }
}
