// Sets a higher start bitrate, so that the first picture comes sooner. Pure.

/** Kilobits per second. Chromium starts with 300, which is too little for a first large picture. */
const START = 1_000;
const CODEC = /^a=rtpmap:(\d+) (?:VP8|VP9|H264|AV1)\//gm;

/** Returns the stranger's description with a start bitrate for each video codec. Other browsers ignore it. */
export function withStartBitrate(sdp: string): string {
  let changed = sdp;
  for (const [line, type] of sdp.matchAll(CODEC)) {
    const format = new RegExp(`^a=fmtp:${type} .+$`, "m");
    const word = `x-google-start-bitrate=${START}`;
    changed = format.test(changed)
      ? changed.replace(format, (known) => `${known};${word}`)
      : changed.replace(
          new RegExp(`^${line.replaceAll("/", "\\/")}.*$`, "m"),
          (map) => `${map}\r\na=fmtp:${type} ${word}`,
        );
  }
  return changed;
}
