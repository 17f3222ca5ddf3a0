"""Shows what waits for moderators, and how fast decisions take effect."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from .panels import PanelQuery, dashboard, each_second, figure, graph, or_zero, quantile


def moderation() -> Dashboard:
    return dashboard(
        "Moderation",
        "What waits for moderators, and how fast decisions take effect.",
        figure(
            "Open cases",
            "short",
            "Cases that nobody has decided.",
            "sum(max by (level) (zufall_reports_open_cases))",
        ),
        figure(
            "Oldest case of a minor",
            "s",
            "How long the oldest case of a minor or of a known picture has waited. None should wait an hour.",
            'max(zufall_reports_oldest_case_seconds{level=~"known|minor"})',
        ),
        figure(
            "Open appeals", "short", "Appeals that nobody has answered.", "max(zufall_reports_open_appeals)"
        ),
        figure(
            "Oldest appeal",
            "s",
            "How long the oldest appeal has waited for an answer.",
            "max(zufall_reports_oldest_appeal_seconds)",
        ),
        figure(
            "Audit log", "short", "1 while every check finds it whole.", "min(zufall_reports_audit_intact)"
        ),
        figure(
            "Database",
            "short",
            "1 while it answers the reports service, and takes what that writes.",
            "min(zufall_database_up * zufall_reports_database_writable)",
        ),
        graph(
            "Open cases",
            "short",
            "By level, the most urgent last.",
            PanelQuery("max by (level) (zufall_reports_open_cases)", "{{level}}"),
        ),
        graph(
            "Oldest case",
            "s",
            "How long it has waited, by level.",
            PanelQuery("max by (level) (zufall_reports_oldest_case_seconds)", "{{level}}"),
        ),
        graph(
            "Reports each minute",
            "short",
            "Reports that were stored, and those that a page sent again.",
            PanelQuery(f"60 * {each_second('zufall_reports_filed_total', 'result')}", "{{result}}"),
        ),
        graph(
            "Decisions each hour",
            "short",
            "By the standing that they give, and by who made them. Every replica counts all of them.",
            PanelQuery(or_zero(_hourly("zufall_reports_decisions_total", "level, by")), "{{level}}, {{by}}"),
        ),
        graph(
            "Until a person decides",
            "s",
            "From the opening of a case to the decision that closes it.",
            PanelQuery(or_zero(_of_a_day(0.5, "zufall_reports_decision_seconds")), "median"),
            PanelQuery(or_zero(_of_a_day(0.9, "zufall_reports_decision_seconds")), "9 of 10"),
        ),
        graph(
            "Overturned by appeals each day",
            "short",
            "By the rule. Compare with decisions by rule in the console.",
            PanelQuery(or_zero(_daily("zufall_reports_decisions_overturned_total", "rule")), "{{rule}}"),
        ),
        graph(
            "Refused logins each hour",
            "short",
            "Of the console, by why. Many are somebody who guesses.",
            PanelQuery(
                or_zero(f"3600 * {each_second('zufall_reports_logins_refused_total', 'code')}"), "{{code}}"
            ),
        ),
        graph(
            "Until a decision takes effect",
            "s",
            "From the decision until gateways know it, for 95 of 100.",
            PanelQuery(or_zero(quantile(0.95, "zufall_reports_ban_delay_seconds")), "95 of 100"),
        ),
        graph(
            "Appeals each hour",
            "short",
            "By how they were answered.",
            PanelQuery(
                or_zero(f"3600 * {each_second('zufall_reports_appeals_total', 'result')}"), "{{result}}"
            ),
        ),
        graph(
            "Pictures analysed each minute",
            "short",
            "By kind and result. Those that `failed` are tried again.",
            PanelQuery(
                or_zero(f"60 * {each_second('zufall_reports_inspections_total', 'kind, result')}"),
                "{{kind}}, {{result}}",
            ),
        ),
        graph(
            "Kept uploads",
            "bytes",
            "Original pictures, and how many bytes of them may be kept.",
            PanelQuery("max(zufall_reports_upload_bytes)", "kept"),
            PanelQuery("max(zufall_reports_upload_budget_bytes)", "allowed"),
        ),
        graph(
            "Queries",
            "s",
            "How long the database takes.",
            PanelQuery(quantile(0.5, "zufall_database_seconds"), "median"),
            PanelQuery(quantile(0.95, "zufall_database_seconds"), "95 of 100"),
        ),
        graph(
            "Connections to the database",
            "short",
            "By state.",
            PanelQuery("sum by (state) (zufall_database_connections)", "{{state}}"),
        ),
    )


def _hourly(metric: str, labels: str) -> str:
    """Return how many there are each hour of what every replica counts."""
    return f"max by ({labels}) (sum by (instance, {labels}) (3600 * rate({metric}[1h])))"


def _daily(metric: str, labels: str) -> str:
    return f"max by ({labels}) (sum by (instance, {labels}) (increase({metric}[1d])))"


def _of_a_day(share: float, metric: str) -> str:
    """Return the quantile of a histogram over a day, for there are few of these each minute.

    Where nothing was measured it is no number, which is not more than 0.
    """
    return f"histogram_quantile({share}, max by (le) (increase({metric}_bucket[1d]))) > 0"
