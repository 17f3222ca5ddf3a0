"""Shows whether calls hold, and what passes through the gateways for them."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from .panels import PanelQuery, dashboard, each_second, figure, graph, or_zero, quantile, share


def calls() -> Dashboard:
    return dashboard(
        "Calls",
        "Whether calls hold, and what passes through the gateways for them.",
        figure(
            "Resumed",
            "percentunit",
            "The share of those who come back to a call and can go on with it.",
            share('zufall_gateway_resumes_total{result=~"together|alone"}', "zufall_gateway_resumes_total"),
        ),
        figure(
            "Lost",
            "percentunit",
            "The share of calls that end because a side did not come back.",
            share('zufall_gateway_matches_ended_total{reason="lost"}', "zufall_gateway_matches_ended_total"),
        ),
        figure(
            "Away",
            "short",
            "Visitors who wait for their partner to come back.",
            "sum(zufall_gateway_partners_away)",
        ),
        figure(
            "Relayed",
            "percentunit",
            "The share of calls whose media go through the relay, as the pages tell.",
            share('zufall_gateway_calls_total{route="relay"}', "zufall_gateway_calls_total"),
        ),
        graph(
            "Ended calls a second",
            "short",
            "By reason. Much more `lost` than usual: look at the gateways.",
            PanelQuery(each_second("zufall_gateway_matches_ended_total", "reason"), "{{reason}}"),
        ),
        graph(
            "Resumes a second",
            "short",
            "What became of visitors who came back with the pass of a call.",
            PanelQuery(each_second("zufall_gateway_resumes_total", "result"), "{{result}}"),
        ),
        graph(
            "Partners away",
            "short",
            "Visitors whose partner has lost the connection and may still come back, at each gateway.",
            PanelQuery("zufall_gateway_partners_away", "{{instance}}"),
        ),
        graph(
            "Visitors whom a drain still has to send away",
            "short",
            "More than none only while a gateway shuts down.",
            PanelQuery("zufall_gateway_drain_remaining_visitors", "{{instance}}"),
        ),
        graph(
            "Relayed frames a second",
            "short",
            "By kind, and by whether both visitors are at one gateway.",
            PanelQuery(
                each_second("zufall_gateway_relayed_frames_total", "kind, path"), "{{kind}}, {{path}}"
            ),
        ),
        graph(
            "Relayed bytes a second",
            "Bps",
            "The same in bytes. Audio and video are not in it; they do not pass through gateways.",
            PanelQuery(each_second("zufall_gateway_relayed_bytes_total", "kind, path"), "{{kind}}, {{path}}"),
        ),
        graph(
            "Delay of relayed frames",
            "s",
            "From one gateway to another.",
            PanelQuery(quantile(0.5, "zufall_gateway_relay_seconds"), "median"),
            PanelQuery(quantile(0.99, "zufall_gateway_relay_seconds"), "99 of 100"),
        ),
        graph(
            "Calls a second, by route",
            "short",
            "How media go, as one page of each call tells. No person is told with it.",
            PanelQuery(or_zero(each_second("zufall_gateway_calls_total", "route")), "{{route}}"),
        ),
        graph(
            "Credentials for the relay a second",
            "short",
            "Refused: one network asked for too many.",
            PanelQuery(
                or_zero(each_second("zufall_gateway_relay_credentials_total", "result")), "{{result}}"
            ),
        ),
        graph(
            "Frames that were not relayed, a second",
            "short",
            "By reason. docs/metrics.md says which are normal.",
            PanelQuery(or_zero(each_second("zufall_gateway_dropped_frames_total", "reason")), "{{reason}}"),
        ),
    )
