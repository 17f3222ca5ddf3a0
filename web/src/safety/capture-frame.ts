// Takes a picture from a playing video, small enough for a report.

const WIDEST = 640;

/** Returns a base64 JPEG of at most `widest` pixels a side, or undefined if there is no picture. */
export function captureFrame(video: HTMLVideoElement, widest = WIDEST): string | undefined {
  const { videoWidth, videoHeight } = video;
  if (!videoWidth || !videoHeight || !widest) return undefined;
  return smallPicture(video, videoWidth, videoHeight, widest);
}

/** Returns a base64 JPEG of what has this width and height, of at most `widest` pixels a side. */
export function smallPicture(source: CanvasImageSource, width: number, height: number, widest = WIDEST) {
  const scale = Math.min(1, widest / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")?.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.8).split(",")[1];
}
