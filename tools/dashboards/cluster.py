"""Shows whether every part runs, and what is between them."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from .panels import RATE, PanelQuery, dashboard, each_second, figure, graph, or_zero, quantile


def cluster() -> Dashboard:
    return dashboard(
        "Cluster",
        "Whether every part runs, and what is between them.",
        figure("Alerts", "short", "Alerts that fire now.", or_zero('count(ALERTS{alertstate="firing"})')),
        figure("Ready", "short", "Processes that can serve.", "sum(zufall_ready)"),
        figure(
            "Not ready", "short", "Processes that run and cannot serve.", or_zero("count(zufall_ready == 0)")
        ),
        figure(
            "Versions",
            "short",
            "More than one only while an update goes on.",
            "count(count by (version, revision) (zufall_build_info))",
        ),
        graph(
            "Alerts that fire",
            "short",
            "docs/runbook.md has a section for each.",
            PanelQuery(or_zero('count by (alertname) (ALERTS{alertstate="firing"})'), "{{alertname}}"),
        ),
        graph("Ready", "short", "1 where a process can serve.", PanelQuery("zufall_ready", "{{instance}}")),
        graph(
            "Round trip over NATS",
            "s",
            "The mean, from a process to NATS and back.",
            PanelQuery(
                f"rate(zufall_nats_round_trip_seconds_sum[{RATE}])"
                f" / rate(zufall_nats_round_trip_seconds_count[{RATE}])",
                "{{instance}}",
            ),
        ),
        graph(
            "Connected to NATS",
            "short",
            "1 where a process is connected.",
            PanelQuery("zufall_nats_connected", "{{instance}}"),
        ),
        graph(
            "Lost connections to NATS",
            "short",
            "In the last hour.",
            PanelQuery("increase(zufall_nats_reconnects_total[1h])", "{{instance}}"),
        ),
        graph(
            "Bytes that wait for NATS",
            "bytes",
            "More than none for long: NATS or the network is too slow.",
            PanelQuery("zufall_nats_queued_bytes", "{{instance}}"),
        ),
        graph(
            "Lag of the event loops",
            "s",
            "By how much each process is late, in 99 of 100 measurements.",
            PanelQuery(quantile(0.99, "zufall_event_loop_lag_seconds", "instance"), "{{instance}}"),
        ),
        graph(
            "Clocks",
            "s",
            "By how much the clock of each process differs from Prometheus' clock.",
            PanelQuery(
                "abs(zufall_wall_clock_seconds - timestamp(zufall_wall_clock_seconds))", "{{instance}}"
            ),
        ),
        graph(
            "Processor",
            "percentunit",
            "The share of one core that each process uses.",
            PanelQuery(f'rate(process_cpu_seconds_total{{job="zufall"}}[{RATE}])', "{{instance}}"),
        ),
        graph(
            "Memory",
            "bytes",
            "What each process keeps in memory.",
            PanelQuery('process_resident_memory_bytes{job="zufall"}', "{{instance}}"),
        ),
        graph(
            "Streams that a matcher ended, a second",
            "short",
            "By status. Many: a gateway or the network hangs.",
            PanelQuery(or_zero(each_second("zufall_matcher_ended_streams_total", "status")), "{{status}}"),
        ),
        graph(
            "Starts in the last hour",
            "short",
            "How often each process was started. Many: it crashes.",
            PanelQuery('changes(process_start_time_seconds{job="zufall"}[1h])', "{{instance}}"),
        ),
    )
