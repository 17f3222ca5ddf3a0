// The next touch, click or key press: what browsers take for a person's will to hear something.

/** A finger counts as such only when it is lifted, a mouse when it is pressed: so both ends are listened to. */
const GESTURES = ["pointerdown", "pointerup", "touchend", "keydown"] as const;

/** Calls `work` at the next gesture that counts, once. */
export function onceTouched(work: () => void): void {
  const touched = ({ type }: Event) => {
    const { userActivation } = navigator as { userActivation?: UserActivation };
    // Where the browser does not say, only what surely counts.
    if (userActivation ? !userActivation.isActive : type === "pointerdown") return;
    for (const gesture of GESTURES) document.removeEventListener(gesture, touched);
    work();
  };
  for (const gesture of GESTURES) document.addEventListener(gesture, touched);
}
