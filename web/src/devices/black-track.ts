// A black picture, which is sent in place of a camera that is off. Without it the stranger would keep the last picture.

/** Encoders need a picture now and then, to give a complete one to a stranger who has just come. */
const EVERY_MS = 500;

/** Returns a black track of this size, so that the stranger's page does not take it for another camera. */
export function blackTrack({ width = 640, height = 480 }: MediaTrackSettings): MediaStreamTrack {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const brush = canvas.getContext("2d");
  const [track] = canvas.captureStream().getVideoTracks();
  if (!track) throw new Error("a canvas without a track");
  const paint = () => brush?.fillRect(0, 0, width, height);
  const timer = setInterval(() => (track.readyState === "ended" ? clearInterval(timer) : paint()), EVERY_MS);
  paint();
  return track;
}
