"""Shows how fast strangers meet."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from .panels import PanelQuery, dashboard, each_second, figure, graph, or_zero, quantile, share


def matching() -> Dashboard:
    return dashboard(
        "Matching",
        "How fast strangers meet, and where it takes time.",
        figure(
            "Matches each minute",
            "short",
            "Each match of two visitors once.",
            f"30 * {each_second('zufall_gateway_matches_total')}",
        ),
        figure(
            "Median wait",
            "s",
            "Half of the visitors wait no longer for a stranger.",
            quantile(0.5, "zufall_gateway_wait_seconds"),
        ),
        figure(
            "Waiting tickets",
            "short",
            "Searches that wait at the matchers.",
            "sum(zufall_matcher_waiting_tickets)",
        ),
        figure(
            "Repeats",
            "percentunit",
            "The share of matches with somebody whom the visitor had met before. High: too few are here.",
            share("zufall_gateway_repeats_total", "zufall_gateway_matches_total"),
        ),
        graph(
            "Matches each minute",
            "short",
            "By mode.",
            PanelQuery(f"30 * {each_second('zufall_gateway_matches_total', 'mode')}", "{{mode}}"),
        ),
        graph(
            "Wait for a stranger",
            "s",
            "From the start of a search to the match. It depends on how many are here.",
            PanelQuery(quantile(0.5, "zufall_gateway_wait_seconds"), "median"),
            PanelQuery(quantile(0.9, "zufall_gateway_wait_seconds"), "9 of 10"),
            PanelQuery(quantile(0.99, "zufall_gateway_wait_seconds"), "99 of 100"),
        ),
        graph(
            "From the pairing to the match",
            "s",
            "The time that two gateways need to agree on a pairing. This depends on the machines only.",
            PanelQuery(quantile(0.5, "zufall_gateway_match_seconds"), "median"),
            PanelQuery(quantile(0.99, "zufall_gateway_match_seconds"), "99 of 100"),
        ),
        graph(
            "Proposed pairings a second",
            "short",
            "Declined: a side had left. Void: a gateway did not answer in a second.",
            PanelQuery(each_second("zufall_gateway_proposals_total", "result"), "{{result}}"),
        ),
        graph(
            "Waiting tickets",
            "short",
            "By mode, and by whether everybody or only restricted visitors are in the pool.",
            PanelQuery("sum by (mode, audience) (zufall_matcher_waiting_tickets)", "{{mode}}, {{audience}}"),
        ),
        graph(
            "Matchers at each gateway",
            "short",
            "How many replicas it reaches. All lines should be one.",
            PanelQuery("zufall_gateway_matchers", "{{instance}}"),
        ),
        graph(
            "Work of the matchers a second",
            "short",
            "Offers by kind, pairs, and tickets that moved to the main lane because they waited too long.",
            PanelQuery(each_second("zufall_matcher_offers_total", "kind"), "offers, {{kind}}"),
            PanelQuery(each_second("zufall_matcher_pairings_total"), "pairs"),
            PanelQuery(each_second("zufall_matcher_pairings_across_regions_total"), "pairs across regions"),
            PanelQuery(each_second("zufall_matcher_overflows_total"), "overflows"),
        ),
        graph(
            "Searches that wait for their turn, a second",
            "short",
            "Held: the visitor searches too often. Deferred: the visitor is suspect, so others come first.",
            PanelQuery(or_zero(each_second("zufall_gateway_held_searches_total")), "held"),
            PanelQuery(or_zero(each_second("zufall_gateway_deferred_searches_total")), "deferred"),
        ),
    )
