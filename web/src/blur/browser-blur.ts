// The blur that some browsers and systems have themselves: https://w3c.github.io/mediacapture-extensions/

interface MayBlur {
  getCapabilities?: () => MediaTrackCapabilities & { backgroundBlur?: readonly boolean[] };
}
type Blurs = MediaTrackSettings & { backgroundBlur?: boolean };

/**
 * Lets the browser blur the background, and returns whether it does. `onOff` is called if somebody turns that off
 * later, for example in the settings of the system.
 */
export async function blursItself(camera: MediaStreamTrack, onOff: () => void): Promise<boolean> {
  const { backgroundBlur } = (camera as MayBlur).getCapabilities?.() ?? {};
  if (!backgroundBlur?.includes(true)) return false;
  const wanted = { ...camera.getConstraints(), backgroundBlur: { exact: true } };
  try {
    await camera.applyConstraints(wanted);
  } catch (error) {
    console.info("The browser does not blur:", (error as Error).name); // so the page does it
    return false;
  }
  const blurs = () => (camera.getSettings() as Blurs).backgroundBlur === true;
  camera.addEventListener("configurationchange", () => {
    if (!blurs() && camera.readyState === "live") onOff();
  });
  return blurs();
}
