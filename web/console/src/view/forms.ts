// Forms that say what went wrong and keep what was typed, and places that load.

import { button, say as put } from "../../../src/view/dom";
import { ApiError, type Download } from "../api-client";
import { type Child, h } from "../dom";
import { say } from "../words";

/** The sentence of what failed; anything else is a mistake of ours and is not hidden. */
export function errorSentence(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  throw error;
}

export interface FormParts {
  form: HTMLFormElement;
  problem: HTMLElement;
  submitButton: HTMLButtonElement;
}

/** A form with its button and a line for what goes wrong; `submit` runs once at a time. */
export function createForm(
  name: string,
  label: string,
  submit: () => Promise<void>,
  ...children: Child[]
): FormParts {
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const send = h("button", { type: "submit", class: "sun" }, label);
  const form = h(
    "form",
    { class: "sheet", "data-form": name },
    ...children,
    problem,
    h("div", { class: "row" }, send),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    if (!send.disabled) void runAndReport(problem, send, submit);
  };
  return { form, problem, submitButton: send };
}

/** Runs `work`; meanwhile the button waits, if there is one; and what fails is said in `problem`. Whether it went well. */
export async function runAndReport(
  problem: HTMLElement,
  pressed: HTMLButtonElement | undefined,
  work: () => Promise<void>,
): Promise<boolean> {
  if (pressed) pressed.disabled = true;
  put(problem, undefined);
  try {
    await work();
    return true;
  } catch (error) {
    put(problem, errorSentence(error));
    return false;
  } finally {
    if (pressed) pressed.disabled = false;
  }
}

/** A button that does something which may fail, with the line for it. */
export function actionButton(label: string, work: () => Promise<void>): [HTMLButtonElement, HTMLElement] {
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const pressed = button(label, () => void runAndReport(problem, pressed, work));
  return [pressed, problem];
}

/** Fills `place` with what is loaded, or with why it could not be and a way to try again. */
export async function loadInto<T>(
  place: HTMLElement,
  load: () => Promise<T>,
  show: (loaded: T) => Child[],
): Promise<void> {
  if (!place.hasChildNodes()) place.append(h("p", { class: "quiet" }, say("loading")));
  try {
    const loaded = await load();
    place.replaceChildren(...show(loaded).filter((child) => child !== undefined && child !== false));
  } catch (error) {
    const again = button(say("try_again"), () => void loadInto(place, load, show));
    place.replaceChildren(h("p", { class: "problem", role: "alert" }, errorSentence(error)), again);
  }
}

/** Hands a file to the browser's downloads. */
export function saveFile({ blob, name }: Download): void {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser may still be reading it
}
