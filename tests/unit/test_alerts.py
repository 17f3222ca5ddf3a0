"""Each alert fires for its own condition, and a quiet hour fires none. Prometheus' `promtool` computes them.

The rules are those of one box, and those of a cluster. The cases change the series of a quiet hour. A value
like `1x60` stays for sixty minutes, and `0+6x60` grows by 6 each minute.
"""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tools.interfaces.cluster_rules import ONLY_ONE_BOX, OTHER_EXPRESSIONS

from ..requirements import require
from .test_documents import anchors

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "monitoring" / "alerts.yml"
CLUSTER_GROUPS = yaml.safe_load((ROOT / "k8s/components/monitoring/rules.yaml").read_text())["spec"]["groups"]
RUNBOOK = ROOT / "docs" / "runbook.md"
ALERTS = [
    rule
    for group in yaml.safe_load(RULES.read_text())["groups"]
    for rule in group["rules"]
    if "alert" in rule
]
NAMES = [alert["alert"] for alert in ALERTS]

Series = Mapping[str, str]

GATEWAY = '{job="zufall",service="gateway",instance="gateway-1"}'
OTHER = '{job="zufall",service="gateway",instance="gateway-2"}'
MATCHER = '{job="zufall",service="matcher",instance="matcher"}'
REPORTS = '{job="zufall",service="reports",instance="reports"}'
BACKUPS = '{job="zufall",service="backups",instance="backups"}'
NODE = '{job="node",instance="node"}'
SITE = '{job="site",instance="https://meet.example/"}'
DISK = '{job="node",instance="node",fstype="ext4",mountpoint="/"}'


def histogram(name: str, labels: str, **buckets: str) -> dict[str, str]:
    """Return the series of a histogram; a bucket `le_0_1` is what took 0.1 at most."""
    bounds = {
        key.removeprefix("le_").replace("_", ".").replace("inf", "+Inf"): values
        for key, values in buckets.items()
    }
    return {f'{name}_bucket{labels[:-1]},le="{bound}"}}': values for bound, values in bounds.items()}


def of_each(name: str, values: str, *targets: str) -> dict[str, str]:
    return {name + target: values for target in targets}


ZUFALL = (GATEWAY, OTHER, MATCHER, REPORTS, BACKUPS)
QUIET: Series = {
    **of_each("up", "1x60", *ZUFALL, NODE, SITE),
    **of_each("zufall_ready", "1x60", *ZUFALL),
    **of_each("process_start_time_seconds", "-86400x60", *ZUFALL),
    **{f'zufall_build_info{one[:-1]},version="0.2.0",revision="a"}}': "1x60" for one in ZUFALL},
    **of_each("zufall_gateway_matchers", "1x60", GATEWAY, OTHER),
    **of_each("zufall_gateway_searching", "3x60", GATEWAY, OTHER),
    **of_each("zufall_gateway_matches_total", "0+60x60", GATEWAY, OTHER),
    **histogram(
        "zufall_gateway_match_seconds",
        GATEWAY,
        le_0_035="0+60x60",
        le_0_1="0+60x60",
        le_0_5="0+60x60",
        le_inf="0+60x60",
    ),
    'zufall_gateway_proposals_total{result="reserved"}': "0+60x60",
    'zufall_gateway_proposals_total{result="declined"}': "0+6x60",
    'zufall_gateway_proposals_total{result="void"}': "0x60",
    'zufall_gateway_matches_ended_total{reason="next"}': "0+60x60",
    'zufall_gateway_matches_ended_total{reason="lost"}': "0+6x60",
    'zufall_gateway_resumes_total{result="together"}': "0+20x60",
    'zufall_gateway_resumes_total{result="over"}': "0+1x60",
    'zufall_gateway_relay_credentials_total{result="given"}': "0+60x60",
    'zufall_gateway_relay_credentials_total{result="refused"}': "0x60",
    f"zufall_gateway_slow_readers_total{GATEWAY}": "0+1x60",
    'zufall_gateway_handshakes_refused_total{reason="origin"}': "0+3x60",
    'zufall_gateway_connections_total{result="welcome"}': "0+60x60",
    'zufall_http_requests_total{service="gateway",status="200"}': "0+600x60",
    'zufall_http_requests_total{service="gateway",status="503"}': "0+1x60",
    **of_each("zufall_nats_connected", "1x60", GATEWAY, OTHER, REPORTS),
    **of_each("zufall_nats_reconnects_total", "0x30 1x30", GATEWAY, OTHER, REPORTS),
    **of_each("zufall_nats_round_trip_seconds_count", "0+60x60", GATEWAY, OTHER),
    **of_each("zufall_nats_round_trip_seconds_sum", "0+0.06x60", GATEWAY, OTHER),
    **of_each("zufall_nats_queued_bytes", "1000x60", GATEWAY, OTHER, REPORTS),
    **histogram(
        "zufall_event_loop_lag_seconds", GATEWAY, le_0_01="0+60x60", le_0_5="0+60x60", le_inf="0+60x60"
    ),
    **of_each("zufall_wall_clock_seconds", "0+60x60", *ZUFALL),
    **of_each("zufall_certificate_expires_timestamp_seconds", "7776000x60", GATEWAY, OTHER, MATCHER, REPORTS),
    f"probe_ssl_earliest_cert_expiry{SITE}": "5184000x60",
    f"probe_success{SITE}": "1x60",
    f"zufall_database_up{REPORTS}": "1x60",
    f"zufall_reports_database_writable{REPORTS}": "1x60",
    **histogram("zufall_database_seconds", REPORTS, le_0_01="0+60x60", le_1="0+60x60", le_inf="0+60x60"),
    'zufall_reports_oldest_case_seconds{level="known"}': "0x45 0+60x15",
    'zufall_reports_oldest_case_seconds{level="minor"}': "0x30 0+60x30",
    'zufall_reports_oldest_case_seconds{level="reported"}': "86400+60x60",
    "zufall_reports_oldest_appeal_seconds": "3600+60x60",
    **histogram("zufall_reports_ban_delay_seconds", REPORTS, le_1="0+1x60", le_10="0+1x60", le_inf="0+1x60"),
    f"zufall_reports_audit_intact{REPORTS}": "1x60",
    f"zufall_reports_audit_last_check_timestamp_seconds{REPORTS}": "-3600x60",
    f'zufall_reports_logins_refused_total{REPORTS[:-1]},code="login_refused"}}': "0+2x60",
    f"zufall_backup_last_success_timestamp_seconds{BACKUPS}": "-43200x60",
    f"zufall_backup_last_drill_timestamp_seconds{BACKUPS}": "-432000x60",
    f'zufall_backup_failures_total{BACKUPS[:-1]},kind="copy"}}': "0x60",
    f"node_filesystem_avail_bytes{DISK}": "50e9x60",
    f"node_filesystem_size_bytes{DISK}": "100e9x60",
    f"node_memory_MemAvailable_bytes{NODE}": "4e9x60",
    f"node_memory_MemTotal_bytes{NODE}": "8e9x60",
    f'node_network_transmit_bytes_total{NODE[:-1]},device="eth0"}}': "0+60e6x60",
    f'node_network_transmit_bytes_total{NODE[:-1]},device="lo"}}': "0+60e9x60",
    "zufall:bandwidth_limit:bits": "1e9x60",
}
"""An hour in which all is well, minute by minute. It begins at time 0, so times before it are negative."""

NEIGHBOURS: Series = {
    'up{job="shop",service="gateway",instance="shop"}': "0x60",
    'up{job="shop",service="database",instance="shop-database"}': "0x60",
    'process_start_time_seconds{job="shop",service="gateway",instance="shop"}': "0+600x60",
    'probe_ssl_earliest_cert_expiry{job="shop",instance="https://shop.example/"}': "1000x60",
    'node_memory_MemAvailable_bytes{job="nodes",instance="full"}': "0x60",
    'node_memory_MemTotal_bytes{job="nodes",instance="full"}': "8e9x60",
}
"""Others in the same cluster, with troubles of their own."""

AWAY = "1x10 0x50"
"""Ten good minutes, and then none."""

SILENT = {
    f"zufall_nats_round_trip_seconds_count{GATEWAY}": "0+60x10 600x50",
    f"zufall_nats_round_trip_seconds_sum{GATEWAY}": "0+0.06x10 0.6x50",
}

CASES: dict[str, tuple[Series, set[str]]] = {
    "NoGatewayReady": (of_each("zufall_ready", AWAY, GATEWAY, OTHER), {"NotReady"}),
    "GatewayDown": ({f"up{GATEWAY}": AWAY}, set()),
    "MatcherAway": ({f"up{MATCHER}": AWAY}, set()),
    "NoMatcherReached": (of_each("zufall_gateway_matchers", AWAY, GATEWAY, OTHER), set()),
    "ReportsAway": ({f"up{REPORTS}": AWAY}, set()),
    "NotReady": ({f"zufall_ready{REPORTS}": AWAY}, set()),
    "SiteAway": ({f"probe_success{SITE}": AWAY}, set()),
    "OtherPartAway": ({f"up{BACKUPS}": AWAY}, set()),
    "RestartsOften": ({f"process_start_time_seconds{GATEWAY}": "0+600x60"}, set()),
    "VersionsDiffer": ({f'zufall_build_info{GATEWAY[:-1]},version="0.3.0",revision="b"}}': "1x60"}, set()),
    "NoMatches": (of_each("zufall_gateway_matches_total", "0+60x10 600x50", GATEWAY, OTHER), set()),
    "MatchesSlow": (
        histogram(
            "zufall_gateway_match_seconds",
            GATEWAY,
            le_0_035="0+54x60",
            le_0_1="0+58x60",
            le_0_5="0+60x60",
            le_inf="0+60x60",
        ),
        set(),
    ),
    "PairingsFail": ({'zufall_gateway_proposals_total{result="void"}': "0+10x60"}, set()),
    "GatewaysDisagreeOnMatchers": ({f"zufall_gateway_matchers{OTHER}": "2x60"}, set()),
    "CallsLost": ({'zufall_gateway_matches_ended_total{reason="lost"}': "0+6x10 60+60x50"}, set()),
    "ResumesFail": ({'zufall_gateway_resumes_total{result="over"}': "0+10x60"}, set()),
    "RelayCredentialsRefused": (
        {'zufall_gateway_relay_credentials_total{result="refused"}': "0+12x60"},
        set(),
    ),
    "RelayBandwidthHigh": (
        {f'node_network_transmit_bytes_total{NODE[:-1]},device="eth0"}}': "0+6.6e9x60"},
        set(),
    ),
    "NatsAway": ({f"zufall_nats_connected{GATEWAY}": AWAY, **SILENT}, set()),
    "NatsSilent": (SILENT, set()),
    "NatsSlow": ({f"zufall_nats_round_trip_seconds_sum{GATEWAY}": "0+6x60"}, set()),
    "NatsReconnects": ({f"zufall_nats_reconnects_total{GATEWAY}": "0+0.2x60"}, set()),
    "QueueBytesHigh": ({f"zufall_nats_queued_bytes{GATEWAY}": "2e6x60"}, set()),
    "ReadersSlow": ({f"zufall_gateway_slow_readers_total{GATEWAY}": "0+12x60"}, set()),
    "EventLoopLags": (
        histogram(
            "zufall_event_loop_lag_seconds", GATEWAY, le_0_01="0+58x60", le_0_5="0+59x60", le_inf="0+60x60"
        ),
        set(),
    ),
    "ClockWrong": ({f"zufall_wall_clock_seconds{MATCHER}": "0+60x10 4200+60x50"}, set()),
    "HandshakesRefused": ({'zufall_gateway_handshakes_refused_total{reason="origin"}': "0+90x60"}, set()),
    "RequestsFail": ({'zufall_http_requests_total{service="gateway",status="503"}': "0+60x60"}, set()),
    "CertificateEndsSoon": ({f"probe_ssl_earliest_cert_expiry{SITE}": "1000000x60"}, set()),
    "DatabaseAway": ({f"zufall_database_up{REPORTS}": AWAY}, set()),
    "DatabaseSlow": (
        histogram("zufall_database_seconds", REPORTS, le_0_01="0+50x60", le_1="0+60x60", le_inf="0+60x60"),
        set(),
    ),
    "KnownPictureWaits": ({'zufall_reports_oldest_case_seconds{level="known"}': "0+60x60"}, set()),
    "OldestCaseOfAMinor": ({'zufall_reports_oldest_case_seconds{level="minor"}': "1800+60x60"}, set()),
    "OriginalsFillTheirBudget": (
        {
            f"zufall_reports_upload_bytes{REPORTS}": "81x60",
            f"zufall_reports_upload_budget_bytes{REPORTS}": "100x60",
        },
        set(),
    ),
    "AppealsLateSoon": ({"zufall_reports_oldest_appeal_seconds": "172800+60x60"}, set()),
    "AppealsLate": ({"zufall_reports_oldest_appeal_seconds": "259200+60x60"}, {"AppealsLateSoon"}),
    "BansLate": (
        histogram(
            "zufall_reports_ban_delay_seconds", REPORTS, le_1="0+1x60", le_10="0+2x60", le_inf="0+2x60"
        ),
        set(),
    ),
    "AuditLogDamaged": ({f"zufall_reports_audit_intact{REPORTS}": "1x30 0x30"}, set()),
    "AuditLogUnchecked": (
        {f"zufall_reports_audit_last_check_timestamp_seconds{REPORTS}": "-20000x60"},
        set(),
    ),
    "LoginsRefused": (
        {f'zufall_reports_logins_refused_total{REPORTS[:-1]},code="login_refused"}}': "0+20x60"},
        set(),
    ),
    "BackupOld": ({f"zufall_backup_last_success_timestamp_seconds{BACKUPS}": "-93600x60"}, set()),
    "BackupFails": ({f'zufall_backup_failures_total{BACKUPS[:-1]},kind="copy"}}': "0x30 1x30"}, set()),
    "RestoreDrillOld": ({f"zufall_backup_last_drill_timestamp_seconds{BACKUPS}": "-691200x60"}, set()),
    "DiskNearlyFull": ({f"node_filesystem_avail_bytes{DISK}": "9e9x60"}, set()),
    "MemoryNearlyFull": ({f"node_memory_MemAvailable_bytes{NODE}": "7e8x60"}, set()),
    "DatabaseNotWritable": ({f"zufall_reports_database_writable{REPORTS}": AWAY}, set()),
}
"""What changes for each alert, and which alerts fire beside it."""


def promtool_case(name: str, changed: Series, fired: set[str]) -> dict[str, object]:
    """Return a test of promtool: just these alerts have fired within the hour."""
    fires = 'group by (alertname) (max_over_time(ALERTS{alertstate="firing"}[1h]))'
    return {
        "name": name,
        "interval": "1m",
        "input_series": [
            {"series": series, "values": values} for series, values in {**QUIET, **changed}.items()
        ],
        "promql_expr_test": [
            {
                "expr": fires,
                "eval_time": "60m",
                "exp_samples": [{"labels": f'{{alertname="{one}"}}', "value": 1} for one in sorted(fired)],
            }
        ],
    }


def all_as_expected(rules: Path, folder: Path, cases: list[dict[str, object]]) -> None:
    """Let promtool compute the cases with these rules."""
    file = folder / "alerts.test.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(rules)], "evaluation_interval": "2m", "tests": cases}))
    done = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_fires_for_its_condition_and_a_quiet_hour_fires_none(tmp_path: Path) -> None:
    require("prometheus")
    cases = [promtool_case("a quiet hour", {}, set())]
    cases += [promtool_case(name, changed, {name, *beside}) for name, (changed, beside) in CASES.items()]
    in_the_future = {f"zufall_backup_last_success_timestamp_seconds{BACKUPS}": "180000x60"}
    cases.append(promtool_case("the clock was wrong for a backup", in_the_future, {"BackupOld"}))
    all_as_expected(RULES, tmp_path, cases)


def test_the_rules_of_a_cluster_do_not_mind_neighbours(tmp_path: Path) -> None:
    require("prometheus")
    rules = tmp_path / "rules.yml"
    rules.write_text(yaml.safe_dump({"groups": CLUSTER_GROUPS}))
    subprocess.run(["promtool", "check", "rules", "--lint-fatal", rules], check=True, capture_output=True)
    cases = [promtool_case("a quiet hour", NEIGHBOURS, set())]
    for name in OTHER_EXPRESSIONS:
        changed, beside = CASES[name]
        cases.append(promtool_case(name, {**NEIGHBOURS, **changed}, {name, *beside}))
    all_as_expected(rules, tmp_path, cases)


def test_a_cluster_has_the_same_rules_but_those_of_a_machine() -> None:
    ours = [alert for alert in ALERTS if alert["alert"] not in ONLY_ONE_BOX]
    changed = [{**alert, "expr": OTHER_EXPRESSIONS.get(alert["alert"], alert["expr"])} for alert in ours]
    assert [rule for group in CLUSTER_GROUPS for rule in group["rules"]] == changed
    assert {*NAMES} >= ONLY_ONE_BOX.keys() | OTHER_EXPRESSIONS.keys()


def test_every_alert_has_a_case() -> None:
    assert list(CASES) == NAMES


def test_the_runbook_has_a_section_for_each_alert_in_the_same_order() -> None:
    assert re.findall(r"^## (\w+)$", RUNBOOK.read_text(), re.MULTILINE) == NAMES


@pytest.mark.parametrize("alert", ALERTS, ids=NAMES)
def test_an_alert_says_what_is_wrong_and_what_to_do(alert: dict[str, dict[str, str]]) -> None:
    notes = alert["annotations"]
    assert set(notes) == {"summary", "what_to_do", "runbook"}
    assert alert["labels"]["severity"] in ("critical", "warning")
    assert notes["summary"].endswith(".")
    assert notes["what_to_do"].endswith(".")
    page, _, anchor = notes["runbook"].partition("#")
    assert ROOT / page == RUNBOOK
    assert anchor == str(alert["alert"]).lower()
    assert anchor in anchors(RUNBOOK)
