"""Shows what a visitor and a match cost, and how much of the machine is left."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from .panels import RATE, PanelQuery, dashboard, each_second, figure, graph, share

DEVICES = 'device!~"lo|veth.*|br-.*|docker.*|cali.*|cni.*"'
"""The network devices through which the machine is on the internet. The rules have the same list."""

_SENT = f"sum by (instance) (rate(node_network_transmit_bytes_total{{{DEVICES}}}[{RATE}]))"
_RECEIVED = f"sum by (instance) (rate(node_network_receive_bytes_total{{{DEVICES}}}[{RATE}]))"
_DISKS = 'fstype!~"tmpfs|overlay|squashfs|ramfs|iso9660"'


def cost() -> Dashboard:
    cpu, matches = (
        each_second('process_cpu_seconds_total{job="zufall"}'),
        each_second("zufall_gateway_matches_total"),
    )
    return dashboard(
        "Cost",
        "What a visitor and a match cost, and how much of the machine is left.",
        figure(
            "Processor for 1,000 matches",
            "s",
            "Seconds of a core, in all services together.",
            f"2000 * {cpu} / ({matches} > 0)",
        ),
        figure(
            "Memory for a visitor",
            "bytes",
            "What gateways keep in memory, divided by their visitors.",
            'sum(process_resident_memory_bytes{service="gateway"}) / (sum(zufall_gateway_visitors) > 0)',
        ),
        figure("Sent now", "bps", "What all machines send, in bits a second.", f"8 * sum({_SENT})"),
        figure(
            "Relayed calls",
            "percentunit",
            "Their media go through your relay, twice. This is what a line is paid for.",
            share('zufall_gateway_calls_total{route="relay"}', "zufall_gateway_calls_total"),
        ),
        graph(
            "Line",
            "bps",
            "What each machine sends and receives, and what its line is said to carry.",
            PanelQuery(f"8 * {_SENT}", "{{instance}} sends"),
            PanelQuery(f"8 * {_RECEIVED}", "{{instance}} receives"),
            PanelQuery("max(zufall:bandwidth_limit:bits)", "the line"),
        ),
        graph(
            "Sent in a day",
            "bytes",
            "What each machine has sent in the last 24 hours. Providers often charge by this.",
            PanelQuery(
                f"sum by (instance) (increase(node_network_transmit_bytes_total{{{DEVICES}}}[1d]))",
                "{{instance}}",
            ),
        ),
        graph(
            "Processor of each service",
            "percentunit",
            "The share of one core.",
            PanelQuery(each_second('process_cpu_seconds_total{job="zufall"}', "service"), "{{service}}"),
        ),
        graph(
            "Memory of each service",
            "bytes",
            "All its processes together.",
            PanelQuery('sum by (service) (process_resident_memory_bytes{job="zufall"})', "{{service}}"),
        ),
        graph(
            "Processor of each machine",
            "percentunit",
            "The share of all its cores that is in use.",
            PanelQuery(
                f'1 - avg by (instance) (rate(node_cpu_seconds_total{{mode="idle"}}[{RATE}]))', "{{instance}}"
            ),
        ),
        graph(
            "Memory of each machine",
            "percentunit",
            "The share that is in use.",
            PanelQuery("1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes", "{{instance}}"),
        ),
        graph(
            "Disks",
            "percentunit",
            "The share of each disk that is in use.",
            PanelQuery(
                f"1 - node_filesystem_avail_bytes{{{_DISKS}}} / node_filesystem_size_bytes",
                "{{instance}} {{mountpoint}}",
            ),
        ),
        graph(
            "Bytes that gateways relay",
            "Bps",
            "Descriptions, candidates and chat, by kind.",
            PanelQuery(each_second("zufall_gateway_relayed_bytes_total", "kind"), "{{kind}}"),
        ),
        graph(
            "Last backup",
            "bytes",
            "The size of the newest.",
            PanelQuery("zufall_backup_bytes", "{{instance}}"),
        ),
        graph(
            "Age of the last backup and of the last drill",
            "s",
            "A backup each night, and a drill each week.",
            PanelQuery("time() - zufall_backup_last_success_timestamp_seconds", "backup"),
            PanelQuery("time() - zufall_backup_last_drill_timestamp_seconds", "drill"),
        ),
    )
