// Makes one picture: the person as the camera sees them, and everything else blurred.

import type { PersonNetwork } from "./person-network";

/** The longer side of what is left of the background, in pixels. Nothing can be read in it. */
const COARSE = 40;
/** It is made larger in two steps, because one step would show squares. */
const SMOOTH = 160;
/** From here on a pixel may belong to the person, and from there on it does. */
const MAYBE = 0.35;
const CERTAIN = 0.65;

type Brush = OffscreenCanvasRenderingContext2D;

export class PictureBlur {
  private readonly result = brushOf(1, 1);
  private readonly small: Brush;
  private readonly mask: Brush;
  private readonly coarse = brushOf(COARSE, COARSE);
  private readonly smooth = brushOf(SMOOTH, SMOOTH);
  private readonly pixels: Float32Array;
  private readonly shape: ImageData;

  /** The network takes pictures of `width` by `height` pixels. */
  constructor(
    private readonly network: Pick<PersonNetwork, "find">,
    private readonly width: number,
    private readonly height: number,
  ) {
    this.small = brushOf(width, height, true);
    this.mask = brushOf(width, height);
    this.pixels = new Float32Array(width * height * 3);
    this.shape = new ImageData(width, height);
    for (const brush of [this.coarse, this.smooth]) brush.imageSmoothingQuality = "high";
  }

  /** Returns the canvas with the blurred picture, which the next call changes. */
  async blur(picture: CanvasImageSource, width: number, height: number): Promise<OffscreenCanvas> {
    this.small.drawImage(picture, 0, 0, this.width, this.height);
    const found = await this.network.find(this.read());
    showPerson(found, this.shape);
    this.mask.putImageData(this.shape, 0, 0);
    this.coarse.drawImage(this.small.canvas, 0, 0, COARSE, COARSE);
    this.smooth.drawImage(this.coarse.canvas, 0, 0, SMOOTH, SMOOTH);
    return this.join(picture, width, height);
  }

  private join(picture: CanvasImageSource, width: number, height: number): OffscreenCanvas {
    const { canvas } = this.result;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    this.result.globalCompositeOperation = "copy";
    this.result.drawImage(this.mask.canvas, 0, 0, width, height);
    this.result.globalCompositeOperation = "source-in";
    this.result.drawImage(picture, 0, 0, width, height);
    this.result.globalCompositeOperation = "destination-over";
    this.result.drawImage(this.smooth.canvas, 0, 0, width, height);
    return canvas;
  }

  private read(): Float32Array {
    const { data } = this.small.getImageData(0, 0, this.width, this.height);
    for (let place = 0, from = 0; place < this.pixels.length; place += 3, from += 4) {
      this.pixels[place] = (data[from] ?? 0) / 255;
      this.pixels[place + 1] = (data[from + 1] ?? 0) / 255;
      this.pixels[place + 2] = (data[from + 2] ?? 0) / 255;
    }
    return this.pixels;
  }
}

/** Makes the pixels of the person opaque. `found` has four numbers for each two by two pixels. */
export function showPerson(found: ArrayLike<number>, { data, width, height }: ImageData): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const square = (y >> 1) * (width >> 1) + (x >> 1);
      const person = found[4 * square + 2 * (y & 1) + (x & 1)] ?? 0;
      data[4 * (y * width + x) + 3] = (255 * (person - MAYBE)) / (CERTAIN - MAYBE); // the array cuts it to 0…255
    }
  }
}

function brushOf(width: number, height: number, reads = false): Brush {
  const brush = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: reads });
  if (!brush) throw new Error("there is no canvas");
  return brush;
}
