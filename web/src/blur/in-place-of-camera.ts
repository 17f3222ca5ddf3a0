// A track that stands in the place of a camera. For the rest of the page it is the camera.

/** What the page asks of a camera, and the track in its place cannot know. */
const ASKED = ["getSettings", "getCapabilities", "getConstraints", "applyConstraints"] as const;

/**
 * Gives `track` what belongs to the camera: its name, its settings, and that it stops. `onStop` is called when the
 * track is stopped by the page or the camera by itself.
 */
export function inPlaceOfCamera(
  track: MediaStreamTrack,
  camera: MediaStreamTrack,
  onStop: () => void,
): MediaStreamTrack {
  const end = track.stop.bind(track);
  const stop = () => {
    camera.onended = null;
    camera.stop();
    end();
    onStop();
  };
  camera.onended = () => {
    stop();
    track.dispatchEvent(new Event("ended"));
  };
  const methods = ASKED.filter((name) => name in camera).map((name) => [
    name,
    { value: camera[name].bind(camera) },
  ]);
  return Object.defineProperties(track, {
    ...Object.fromEntries(methods),
    label: { get: () => camera.label },
    muted: { get: () => camera.muted },
    stop: { value: stop },
  });
}
