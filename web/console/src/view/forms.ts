// Builds forms that show errors and keep what was typed, and sections that load their content.

import { button, setText } from "../../../src/view/dom";
import { ApiError, type Download } from "../api-client";
import { type Child, h } from "../dom";
import { say } from "../words";

/** Returns the sentence of an `ApiError`. Any other error is a fault in the page and is thrown again. */
export function errorSentence(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  throw error;
}

export interface FormParts {
  form: HTMLFormElement;
  problem: HTMLElement;
  submitButton: HTMLButtonElement;
}

/** Builds a form with a button and a line for errors. Only one `submit` runs at a time. */
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

/** Runs `work` with the button disabled, shows an error in `problem`, and returns whether it succeeded. */
export async function runAndReport(
  problem: HTMLElement,
  pressed: HTMLButtonElement | undefined,
  work: () => Promise<void>,
): Promise<boolean> {
  if (pressed) pressed.disabled = true;
  setText(problem, undefined);
  try {
    await work();
    return true;
  } catch (error) {
    setText(problem, errorSentence(error));
    return false;
  } finally {
    if (pressed) pressed.disabled = false;
  }
}

/** Builds a button for work that may fail, and a line for the error. */
export function actionButton(label: string, work: () => Promise<void>): [HTMLButtonElement, HTMLElement] {
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const pressed = button(label, () => void runAndReport(problem, pressed, work));
  return [pressed, problem];
}

/** The newest load of each container. An answer to an earlier one is out of date. */
const newestLoads = new WeakMap<HTMLElement, symbol>();

/** Fills `container` with what `load` returns, or with the error and a button that tries again. */
export async function loadInto<T>(
  container: HTMLElement,
  load: () => Promise<T>,
  show: (loaded: T) => Child[],
): Promise<void> {
  const mine = Symbol("load");
  newestLoads.set(container, mine);
  if (!container.hasChildNodes()) container.append(h("p", { class: "quiet" }, say("loading")));
  try {
    const loaded = await load();
    if (newestLoads.get(container) !== mine) return;
    container.replaceChildren(...show(loaded).filter((child) => child !== undefined && child !== false));
  } catch (error) {
    if (newestLoads.get(container) !== mine) return;
    const again = button(say("try_again"), () => void loadInto(container, load, show));
    container.replaceChildren(h("p", { class: "problem", role: "alert" }, errorSentence(error)), again);
  }
}

/** Saves a file through the browser. */
export function saveFile({ blob, name }: Download): void {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser may still be reading it
}
