// Shows administrators how an operator is told of alarms, and sends a test message.

import { setText } from "../../../src/view/dom";
import type { AlarmChannel, AlarmChannels, AlarmTestResult, AlarmTestResults } from "../api.generated";
import { h, timeElement, untrustedText } from "../dom";
import { formatTime } from "../format-time";
import type { ScreenContext } from "../screen";
import { actionButton, loadInto } from "../view/forms";
import { named, say } from "../words";

export function alarmSection(context: ScreenContext): HTMLElement {
  const container = h("div", { class: "sheet" });
  const results = h("div", { role: "status" });
  const load = () =>
    loadInto(
      container,
      () => context.api.get<AlarmChannels>("/alarms"),
      ({ channels }) => (channels.length ? [channelList(channels), ...test] : [noChannels()]),
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

function channelList(channels: readonly AlarmChannel[]): HTMLElement {
  return h("ul", { class: "channels" }, ...channels.map((channel) => h("li", {}, ...channelLines(channel))));
}

function channelLines({
  name,
  target,
  delivered_at,
  waiting,
  given_up,
  problem,
}: AlarmChannel): HTMLElement[] {
  const delivered = delivered_at ? timeElement(delivered_at, formatTime(delivered_at)) : say("people_never");
  const counts = ` · ${say("alarm_waiting", { count: waiting })} · ${say("alarm_given_up", { count: given_up })}`;
  const lines = [
    h("div", {}, h("strong", {}, named("alarm", name)), " ", untrustedText(target)),
    h("div", { class: "quiet" }, `${say("alarm_delivered")} `, delivered, counts),
  ];
  if (problem) lines.push(h("div", { class: "quiet" }, `${say("alarm_problem")} `, untrustedText(problem)));
  return lines;
}

function resultLine({ name, problem }: AlarmTestResult): HTMLElement {
  const channel = named("alarm", name);
  return problem
    ? h("p", { class: "problem" }, say("alarm_test_failed", { channel, problem }))
    : h("p", {}, say("alarm_test_delivered", { channel }));
}
