"""The part of the configuration of nats-server that makes it one server of a cluster on Kubernetes."""

import json
from pathlib import PurePath

from services.contract import identities
from services.runtime.tls import AUTHORITIES, CERTIFICATE, KEY

_CONFIG = """\
server_name: $POD_NAME
max_pending: 16MB # a client that reads too slowly is cut off when this much waits for it
ping_interval: "5s"
ping_max: 2 # a gateway that is silent for 15 s is cut off, because its calls are over by then
lame_duck_duration: "30s" # a server that stops sends its clients away one after another in this time
lame_duck_grace_period: "1s"
cluster {{
  name: zufall
  listen: "0.0.0.0:6222"
  no_advertise: true # clients know all servers by name; the addresses of pods would age in them
  routes: {routes}
  authorization {{user: {user}}} # or every certificate of the installation could be a server
  tls {{
    cert_file: {certificate}
    key_file: {key}
    ca_file: {authorities}
    verify_and_map: true
    timeout: 5
  }}
  # Two servers notice within 3 s that one is out of reach, or has come back under another address. By default
  # that takes minutes, in which each keeps its gateways, and what they say to those of the others is lost.
  ping_interval: "1s"
  ping_max: 2
  write_deadline: "2s"
}}
"""


def nats_cluster_config(certificates: PurePath) -> str:
    """Return the text that follows the configuration of a single server."""
    return _CONFIG.format(
        routes=json.dumps([f"nats://{host}:6222" for host in identities.NATS_HOSTS]),
        user=json.dumps(identities.NATS),
        certificate=json.dumps(str(certificates / CERTIFICATE)),
        key=json.dumps(str(certificates / KEY)),
        authorities=json.dumps(str(certificates / AUTHORITIES)),
    )
