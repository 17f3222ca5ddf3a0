// Shows administrators how an operator is told of alarms, and sends a test message.

import { setText } from "../../../src/view/dom";
import type { AlarmChannel, AlarmChannels, AlarmTestResult, AlarmTestResults } from "../api.generated";
import { type Child, h, table, timeElement, untrustedText } from "../dom";
import { formatTime } from "../format-time";
import type { ScreenContext } from "../screen";
import { actionButton, loadInto } from "../view/forms";
import { named, say } from "../words";

export function alarmSection(context: ScreenContext): HTMLElement {
  const container = h("div", {});
  const results = h("div", { role: "status" });
  const load = () =>
    loadInto(
      container,
      () => context.api.get<AlarmChannels>("/alarms"),
      ({ channels }) => (channels.length ? [channelTable(channels), ...test] : [noChannels()]),
    );
  const [send, problem] = actionButton(say("alarm_test"), async () => {
    setText(results, undefined);
    const sent = await context.api.send<AlarmTestResults>("POST", "/alarms/test");
    results.hidden = false;
    results.replaceChildren(...sent.results.map(resultLine));
  });
  const test = [h("div", { class: "row" }, send), problem, results];
  void load();
  return h("section", { "aria-label": say("alarms") }, h("h3", {}, say("alarms")), container);
}

function noChannels(): HTMLElement {
  return h("p", { class: "quiet" }, say("alarm_none"));
}

function channelTable(channels: readonly AlarmChannel[]): HTMLElement {
  const keys = ["alarm_channel", "alarm_to", "alarm_delivered", "alarm_waiting", "alarm_given_up"] as const;
  const heads = [...keys, "alarm_problem" as const].map((key) => say(key));
  return table(say("alarms"), heads, channels.map(channelRow));
}

function channelRow(channel: AlarmChannel): Child[] {
  const { name, target, delivered_at, waiting, given_up, problem } = channel;
  return [
    named("alarm", name),
    untrustedText(target),
    delivered_at ? timeElement(delivered_at, formatTime(delivered_at)) : say("people_never"),
    String(waiting),
    String(given_up),
    problem ? untrustedText(problem) : say("none"),
  ];
}

function resultLine({ name, problem }: AlarmTestResult): HTMLElement {
  const channel = named("alarm", name);
  return problem
    ? h("p", { class: "problem" }, say("alarm_test_failed", { channel, problem }))
    : h("p", {}, say("alarm_test_delivered", { channel }));
}
