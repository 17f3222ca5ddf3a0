// Waits for the next gesture after which browsers allow sound.

/** A touch counts when it ends, a mouse click when it begins. So both ends are listened to. */
const GESTURES = ["pointerdown", "pointerup", "touchend", "keydown"] as const;

/** Calls `work` once, at the next gesture that counts. */
export function onNextGesture(work: () => void): void {
  const touched = ({ type }: Event) => {
    const { userActivation } = navigator as { userActivation?: UserActivation };
    // If the browser does not say, only a gesture that always counts is accepted.
    if (userActivation ? !userActivation.isActive : type === "pointerdown") return;
    for (const gesture of GESTURES) document.removeEventListener(gesture, touched);
    work();
  };
  for (const gesture of GESTURES) document.addEventListener(gesture, touched);
}
