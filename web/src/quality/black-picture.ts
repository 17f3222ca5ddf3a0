// Notices a stranger's picture in which there is nothing to be seen: their camera is off, or covered.

const [WIDTH, HEIGHT] = [16, 9];
/** Of 255: what a browser sends for a camera that is off is not quite black any more when it arrives. */
const BLACK = 24;
/** Somebody passes before a camera now and then. */
const LOOKS = 3;

/** `pixels`: red, green, blue and alpha of each. */
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

  /** Whether this and the last looks saw nothing. */
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
