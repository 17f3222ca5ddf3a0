// The sound that says that somebody has come: two soft notes, made here, so that no file is loaded.

interface Note {
  /** Seconds after the start. */
  at: number;
  /** The pitch in hertz. */
  pitch: number;
}

/** A fifth upwards. */
const NOTES: readonly Note[] = [
  { at: 0, pitch: 523.25 },
  { at: 0.15, pitch: 783.99 },
];
const LOUDNESS = 0.16;
const SECONDS = 0.6;
/** After this time nothing of it is heard any more. */
const OVER_MS = 1_200;
const VIBRATION_MS = [70, 60, 110];

/** Plays it on the speaker with this id. An empty id is the browser's own choice. */
export async function playArrival(speaker = ""): Promise<void> {
  const context = new AudioContext();
  setTimeout(() => void context.close(), OVER_MS); // also of a sound that the browser did not allow
  const output = speaker ? await outputTo(context, speaker) : context.destination;
  for (const note of NOTES) play(context, output, note);
}

/** Some phones can. Others, and all desktops, do nothing. */
export function vibrate(): void {
  if ("vibrate" in navigator) navigator.vibrate(VIBRATION_MS);
}

/** Only elements can play on another speaker in every browser that lets one be chosen. */
async function outputTo(context: AudioContext, speaker: string): Promise<AudioNode> {
  const output = context.createMediaStreamDestination();
  const player = new Audio();
  player.srcObject = output.stream;
  await player.setSinkId(speaker);
  await player.play();
  return output;
}

function play(context: AudioContext, output: AudioNode, { at, pitch }: Note): void {
  const [tone, loudness] = [context.createOscillator(), context.createGain()];
  const start = context.currentTime + at;
  tone.frequency.value = pitch;
  loudness.gain.setValueAtTime(0, start);
  loudness.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
  loudness.gain.exponentialRampToValueAtTime(0.0001, start + SECONDS);
  tone.connect(loudness).connect(output);
  tone.start(start);
  tone.stop(start + SECONDS);
}
