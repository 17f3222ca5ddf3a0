// Makes a blurred track of a camera's, with a worker. It shows nothing until the first blurred picture is there.

import { ownScript } from "../own-script";
import type { FromBlurWorker, ToBlurWorker } from "./blur-messages";
import script from "./blur-worker?worker&url";
import { inPlaceOfCamera } from "./in-place-of-camera";

export type WhyNoBlur = "slow" | "failed";

/** Chromium has these in a page: https://w3c.github.io/mediacapture-transform/ */
interface Streams {
  MediaStreamTrackProcessor: new (options: {
    track: MediaStreamTrack;
  }) => { readable: ReadableStream<VideoFrame> };
  MediaStreamTrackGenerator: new (options: {
    kind: "video";
  }) => MediaStreamTrack & { writable: WritableStream<VideoFrame> };
}

/** Loading over a slow connection takes less. */
const PATIENCE_MS = 30_000;
/** A browser may give a hidden page no frames of a video, so the page looks by itself. */
const HIDDEN_MS = 250;

/**
 * Resolves with the first blurred picture, or when it is clear that there will be none. `onFailed` is called at most
 * once, also much later. The track never shows a picture that is not blurred.
 */
export function blurredTrack(
  camera: MediaStreamTrack,
  onFailed: (why: WhyNoBlur) => void,
): Promise<MediaStreamTrack> {
  const worker = new Worker(ownScript(script), { type: "module" });
  const track =
    "MediaStreamTrackGenerator" in window ? byStreams(worker, camera) : byPictures(worker, camera);
  const sent = inPlaceOfCamera(track, camera, () => worker.terminate());
  return new Promise((resolve) => {
    const failed = (why: WhyNoBlur) => {
      clearTimeout(late);
      worker.terminate(); // so nothing more is said
      resolve(sent);
      if (sent.readyState === "live" && camera.readyState === "live") onFailed(why);
    };
    const late = setTimeout(() => failed("failed"), PATIENCE_MS);
    worker.onerror = () => failed("failed");
    worker.addEventListener("message", ({ data }: MessageEvent<FromBlurWorker>) => {
      if (data.type === "failed") console.info("The background is not blurred:", data.why);
      if (data.type !== "made") return failed(data.type);
      clearTimeout(late);
      resolve(sent);
    });
  });
}

function byStreams(worker: Worker, camera: MediaStreamTrack): MediaStreamTrack {
  const { MediaStreamTrackProcessor, MediaStreamTrackGenerator } = window as unknown as Streams;
  const { readable } = new MediaStreamTrackProcessor({ track: camera });
  const track = new MediaStreamTrackGenerator({ kind: "video" });
  const { writable } = track;
  worker.postMessage({ readable, writable } satisfies ToBlurWorker, [readable, writable]);
  return track;
}

/** Other browsers copy each picture out of a video, and draw what comes back on a canvas. */
function byPictures(worker: Worker, camera: MediaStreamTrack): MediaStreamTrack {
  const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true });
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d");
  const [track] = canvas.captureStream().getVideoTracks();
  if (!brush || !track) throw new Error("a canvas without a track");
  const give = async () => {
    await nextFrame(video);
    if (camera.readyState === "ended") return;
    const picture = await createImageBitmap(video);
    worker.postMessage({ picture } satisfies ToBlurWorker, [picture]);
  };
  // The last copy may come after the camera has ended.
  const next = () => give().catch((error: Error) => console.info("No picture was copied:", error.name));
  worker.addEventListener("message", ({ data }: MessageEvent<FromBlurWorker>) => {
    if (data.type !== "made") return;
    const { picture } = data;
    if (picture) draw(brush, picture);
    void next();
  });
  video.srcObject = new MediaStream([camera]);
  void video.play().then(next);
  return track;
}

function draw(brush: CanvasRenderingContext2D, picture: ImageBitmap): void {
  const { canvas } = brush;
  const { width, height } = picture;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  brush.drawImage(picture, 0, 0);
  picture.close();
}

function nextFrame(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, HIDDEN_MS);
    video.requestVideoFrameCallback(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
