// A first picture that need not wait for the browser to find out how much a network carries. Pure.

/** Kilobits a second: Chromium begins with 300, in which a first large picture does not fit soon. */
const START = 1_000;
const CODEC = /^a=rtpmap:(\d+) (?:VP8|VP9|H264|AV1)\//gm;

/** What the stranger described, with where to begin for each codec of video; other browsers skip the word. */
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
