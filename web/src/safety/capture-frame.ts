// Takes a picture from a playing video, small enough for a report.

const WIDEST = 640;

/** Returns a base64 JPEG of at most `widest` pixels a side, or undefined if there is no picture. */
export function captureFrame(video: HTMLVideoElement, widest = WIDEST): string | undefined {
  const { videoWidth, videoHeight } = video;
  if (!videoWidth || !videoHeight || !widest) return undefined;
  const scale = Math.min(1, widest / Math.max(videoWidth, videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(videoWidth * scale);
  canvas.height = Math.round(videoHeight * scale);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.8).split(",")[1];
}
