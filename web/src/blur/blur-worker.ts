// The worker that blurs pictures. Where the browser gives streams of pictures, they do not pass through the page.

import { plan, url } from "virtual:segmenter";
import { type BlurPace, FRESH_PACE, isDue, isTooSlow, paced } from "../core/blur-pace";
import type { FromBlurWorker, ToBlurWorker } from "./blur-messages";
import { PersonNetwork, startBackend } from "./person-network";
import { PictureBlur } from "./picture-blur";

/** The page, as the worker sees it. */
const page = self as unknown as Pick<Worker, "postMessage" | "onmessage">;

let pace: BlurPace = FRESH_PACE;
const ready = start();
ready.catch(failed);

async function start(): Promise<PictureBlur> {
  await startBackend();
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`the network was answered with ${answer.status}`);
  const network = new PersonNetwork(plan, new Uint16Array(await answer.arrayBuffer()));
  return new PictureBlur(network, plan.width, plan.height);
}

/** Returns the blurred picture, or undefined if this one is left out. */
async function blurred(
  blur: PictureBlur,
  picture: CanvasImageSource,
  width: number,
  height: number,
): Promise<OffscreenCanvas | undefined> {
  const before = performance.now();
  if (!isDue(pace, before)) return undefined;
  const canvas = await blur.blur(picture, width, height);
  const now = performance.now();
  pace = paced(pace, now - before, now);
  if (isTooSlow(pace)) tell({ type: "slow" });
  return canvas;
}

async function blurStream(
  readable: ReadableStream<VideoFrame>,
  writable: WritableStream<VideoFrame>,
): Promise<void> {
  const blur = await ready;
  const step = async (frame: VideoFrame, controller: TransformStreamDefaultController<VideoFrame>) => {
    const { displayWidth, displayHeight, timestamp } = frame;
    const canvas = await blurred(blur, frame, displayWidth, displayHeight).finally(() => frame.close());
    if (!canvas) return;
    controller.enqueue(new VideoFrame(canvas, { timestamp, alpha: "discard" }));
    tell({ type: "made" });
  };
  await readable.pipeThrough(new TransformStream({ transform: step })).pipeTo(writable);
}

async function blurPicture(picture: ImageBitmap): Promise<void> {
  const canvas = await blurred(await ready, picture, picture.width, picture.height).finally(() =>
    picture.close(),
  );
  const made = canvas?.transferToImageBitmap();
  tell({ type: "made", ...(made ? { picture: made } : {}) }, made ? [made] : []);
}

function tell(message: FromBlurWorker, transfer: Transferable[] = []): void {
  page.postMessage(message, transfer);
}

function failed(error: unknown): void {
  tell({ type: "failed", why: error instanceof Error ? error.message : String(error) });
}

page.onmessage = ({ data }: MessageEvent<ToBlurWorker>) => {
  const work = "picture" in data ? blurPicture(data.picture) : blurStream(data.readable, data.writable);
  work.catch(failed);
};
