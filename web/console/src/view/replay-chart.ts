// Shows a replay as a bar chart and as a table.

import { type PolicyOutcome, REVIEW_OUTCOMES } from "../api.generated";
import { BAR_HEIGHT, type BarGroup, type ChartBar, countsOf, layoutChart, totalOf } from "../chart-layout";
import { h, svg, table } from "../dom";
import { named, say } from "../words";

/** A segment narrower than this, in percent, has no room for its number. */
const ROOM = 6;

export function replayChart(before: PolicyOutcome, after: PolicyOutcome): HTMLElement {
  const { height, groups } = layoutChart(before, after);
  const label = `${say("replay_chart")}. ${groups.map(sentence).join(". ")}.`;
  const drawn = svg(
    "svg",
    { class: "bars", width: "100%", height, role: "img", "aria-label": label },
    ...groups.map(groupView),
  );
  const missed = h("p", { class: "quiet" }, say("missed_long"));
  return h("figure", {}, h("figcaption", {}, say("replay_chart"), legend()), drawn, missed);
}

function nameOf(name: BarGroup["name"]): string {
  return name === "missed" ? say("missed") : named("level", name);
}

function sentence({ name, bars: [before, after] }: BarGroup): string {
  return say("replay_sentence", { level: nameOf(name), before: before.total, after: after.total });
}

function groupView({ name, y, bars }: BarGroup): SVGElement {
  return svg("g", {}, svg("text", { class: "group", x: 0, y: y + 15 }, nameOf(name)), ...bars.map(barView));
}

function barView({ policy, y, total, segments }: ChartBar): SVGElement {
  const middle = y + BAR_HEIGHT / 2 + 4;
  const end = segments.reduce((sum, { width }) => sum + width, 0);
  const drawn = segments.flatMap(({ judgement, count, x, width }) => {
    const place = { class: `part-${judgement}`, x: `${x}%`, y, width: `${width}%`, height: BAR_HEIGHT };
    const said = judgement === "missed" ? say("missed") : named("judgement", judgement);
    const rect = svg("rect", place, svg("title", {}, `${said}: ${count}`));
    if (width < ROOM) return [rect];
    return [
      rect,
      svg(
        "text",
        { class: `on-${judgement}`, x: `${x + width / 2}%`, y: middle, "text-anchor": "middle" },
        String(count),
      ),
    ];
  });
  const text = svg("text", { class: "total", x: `${end + 1}%`, y: middle }, `${total} ${say(policy)}`);
  return svg("g", { "data-policy": policy }, ...drawn, text);
}

function legend(): HTMLElement {
  const entries = REVIEW_OUTCOMES.map((judgement) =>
    h("span", { class: "key" }, h("i", { class: `swatch part-${judgement}` }), named("judgement", judgement)),
  );
  return h("span", { class: "legend" }, ...entries);
}

export function replayTable(before: PolicyOutcome, after: PolicyOutcome): HTMLElement {
  const heads = [
    say("replay_level"),
    say("replay_policy"),
    ...REVIEW_OUTCOMES.map((one) => named("judgement", one)),
    say("total"),
  ];
  const rows = (["watched", "restricted", "banned"] as const).flatMap((level) =>
    (
      [
        ["before", before],
        ["after", after],
      ] as const
    ).map(([policy, outcome]) => [
      named("level", level),
      say(policy),
      ...countsOf(outcome, level).map(([, number]) => String(number)),
      String(totalOf(outcome, level)),
    ]),
  );
  const missed = (
    [
      ["before", before],
      ["after", after],
    ] as const
  ).map(([policy, outcome]) => [
    say("missed"),
    say(policy),
    ...REVIEW_OUTCOMES.map(() => "–"),
    String(outcome.missed),
  ]);
  return table(say("replay_title"), heads, [...rows, ...missed]);
}
