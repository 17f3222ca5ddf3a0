// Tells when the browser has been without a network for longer than a blip, and when it has one again.

const BLIP_MS = 3_000;

export function watchNetwork(onGone: () => void, onBack: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  addEventListener("offline", () => {
    clearTimeout(timer);
    timer = setTimeout(onGone, BLIP_MS);
  });
  addEventListener("online", () => {
    clearTimeout(timer);
    onBack();
  });
}
