// What the page and the worker that blurs pictures say to each other.

/** Streams once, or pictures one after the other. */
export type ToBlurWorker =
  | { readable: ReadableStream<VideoFrame>; writable: WritableStream<VideoFrame> }
  | { picture: ImageBitmap };

/** `made` answers each picture. It has none if the picture was left out, or went into the stream. */
export type FromBlurWorker =
  | { type: "made"; picture?: ImageBitmap }
  | { type: "slow" }
  | { type: "failed"; why: string };
