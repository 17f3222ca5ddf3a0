"""What a gateway counts."""

from prometheus_client import Counter, Gauge

VISITORS = Gauge("zufall_gateway_visitors", "Visitors whose socket this gateway holds")
MATCHES = Counter("zufall_gateway_matches", "Matches of this gateway's visitors")
DROPPED = Counter("zufall_gateway_dropped_frames", "Frames that were not relayed", ["why"])
CLOSED = Counter("zufall_gateway_closed_sockets", "Sockets that this gateway closed", ["code"])
REPORTS = Counter("zufall_gateway_reports", "Reports that were passed on", ["outcome"])
