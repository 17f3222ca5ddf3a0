"""Shows who is here, who comes and goes, and who is not let in."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from .panels import PanelQuery, dashboard, each_second, figure, graph, or_zero


def visitors() -> Dashboard:
    return dashboard(
        "Visitors",
        "Who is here, who comes and goes, and who is not let in.",
        figure("Visitors", "short", "Visitors with an open socket.", "sum(zufall_gateway_visitors)"),
        figure(
            "Searching", "short", "Visitors who look for a stranger now.", "sum(zufall_gateway_searching)"
        ),
        figure(
            "Come each minute",
            "short",
            "Visitors who were welcomed. Who comes back to a call is not counted.",
            "60 * " + each_second('zufall_gateway_connections_total{result="welcome"}'),
        ),
        figure(
            "Refused each minute",
            "short",
            "Connections that no visitor came out of.",
            or_zero(f"60 * {each_second('zufall_gateway_handshakes_refused_total')}"),
        ),
        graph(
            "Visitors at each gateway",
            "short",
            "They should be about equal. New visitors go to the gateway with the fewest.",
            PanelQuery("zufall_gateway_visitors", "{{instance}}"),
        ),
        graph(
            "Connections a second",
            "short",
            "By what became of them: a new visitor, a call that goes on, or nothing.",
            PanelQuery(each_second("zufall_gateway_connections_total", "result"), "{{result}}"),
        ),
        graph(
            "Refused handshakes a second",
            "short",
            "By reason, such as a foreign origin, a limit, or a token that is no longer good.",
            PanelQuery(
                or_zero(each_second("zufall_gateway_handshakes_refused_total", "reason")), "{{reason}}"
            ),
        ),
        graph(
            "Closed sockets a second",
            "short",
            "By who closed them and with which code: 1001 is a closed tab, 1012 a gateway that shuts down.",
            PanelQuery(each_second("zufall_gateway_closed_sockets_total", "by, code"), "{{by}} {{code}}"),
            PanelQuery(each_second("zufall_gateway_slow_readers_total"), "do not read"),
        ),
        graph(
            "Requests a second",
            "reqps",
            "HTTP requests by their route.",
            PanelQuery(each_second("zufall_http_requests_total", "route"), "{{route}}"),
        ),
        graph(
            "Answers a second",
            "reqps",
            "HTTP requests by the status of their answer. A few of 4xx are normal, and none of 5xx is.",
            PanelQuery(
                each_second("zufall_http_requests_total", "service, status"), "{{service}} {{status}}"
            ),
        ),
        graph(
            "Refused requests a second",
            "short",
            "Connections and requests that a limit refused, by reason.",
            PanelQuery(or_zero(each_second("zufall_gateway_refused_requests_total", "reason")), "{{reason}}"),
        ),
        graph(
            "Signs of spam a second",
            "short",
            "Things that visitors do again and again, by kind. A few are normal.",
            PanelQuery(or_zero(each_second("zufall_gateway_spam_signs_total", "kind")), "{{kind}}"),
        ),
    )
