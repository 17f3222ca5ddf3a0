"""The two kinds of panels that the dashboards have, and the queries in them."""

from dataclasses import dataclass

from grafana_foundation_sdk.builders import common, stat, timeseries
from grafana_foundation_sdk.builders.dashboard import Dashboard, DatasourceVariable
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models.common import (
    BigValueGraphMode,
    LegendDisplayMode,
    LegendPlacement,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, DataSourceRef

RATE = "$__rate_interval"
"""Grafana's word for a time in which each target is asked at least four times."""

_SOURCE = DataSourceRef(type_val="prometheus", uid="${source}")
_WIDTH, _GRAPHS_IN_A_ROW = 24, 2

Panel = stat.Panel | timeseries.Panel


@dataclass(frozen=True, slots=True)
class PanelQuery:
    """A query in Prometheus' language. `name` stands in the legend, where {{label}} is a label's value."""

    text: str
    name: str = ""


def figure(title: str, unit: str, meaning: str, query: str) -> stat.Panel:
    """Make a panel with one number: the newest, with its course behind it."""
    return (
        stat.Panel()
        .title(title)
        .description(meaning)
        .unit(unit)
        .datasource(_SOURCE)
        .graph_mode(BigValueGraphMode.AREA)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .height(4)
        .with_target(_target(0, PanelQuery(query)))
    )


def graph(title: str, unit: str, meaning: str, *queries: PanelQuery) -> timeseries.Panel:
    """Make a panel with a line for each result of each query."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(meaning)
        .unit(unit)
        .datasource(_SOURCE)
        .min(0)
        .fill_opacity(10)
        .show_points(VisibilityMode.NEVER)
        .height(8)
        .legend(
            common.VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)
        )
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    )
    for number, query in enumerate(queries):
        panel = panel.with_target(_target(number, query))
    return panel


def _target(number: int, query: PanelQuery) -> Dataquery:
    return Dataquery().expr(query.text).legend_format(query.name).ref_id(chr(ord("A") + number)).range()


def dashboard(title: str, meaning: str, *panels: Panel) -> Dashboard:
    """Make a dashboard that asks the Prometheus which is chosen above it. Its figures fill one row."""
    made = (
        Dashboard(title)
        .uid(f"zufall-{title.lower()}")
        .description(meaning)
        .tags(["zufall"])
        .refresh("30s")
        .time("now-6h", "now")
        .timezone("browser")
        .readonly()
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .with_variable(DatasourceVariable("source").label("Prometheus").type("prometheus"))
    )
    figures_in_a_row = sum(isinstance(panel, stat.Panel) for panel in panels)
    for number, panel in enumerate(panels, start=1):
        in_a_row = figures_in_a_row if isinstance(panel, stat.Panel) else _GRAPHS_IN_A_ROW
        made = made.with_panel(panel.id(number).span(_WIDTH // in_a_row))
    return made


def each_second(metric: str, by: str = "") -> str:
    """Return how often something is counted in a second, for each value of the labels `by`."""
    return f"sum{_by(by)}(rate({metric}[{RATE}]))"


def quantile(share: float, histogram: str, by: str = "") -> str:
    """Return the value that `share` (0 to 1) of what was measured does not exceed."""
    labels = ", ".join(filter(None, [by, "le"]))
    return f"histogram_quantile({share}, sum by ({labels}) (rate({histogram}_bucket[{RATE}])))"


def share(part: str, whole: str) -> str:
    """Return the share (0 to 1) of counted things, and 0 where nothing was counted."""
    return f"({each_second(part)} / ({each_second(whole)} > 0)) or vector(0)"


def or_zero(query: str) -> str:
    """Return 0 where a query finds nothing, for what a quiet installation never counts."""
    return f"{query} or vector(0)"


def _by(labels: str) -> str:
    return f" by ({labels}) " if labels else ""
