"""How long to wait for visitors, in seconds."""

READY_SECONDS = 60.0
"""All have connected and are in a conversation within this time."""
QUIET_SECONDS = 10.0
"""Lines not heard so long after the last one are lost. Zufall's client repeats after 3 s, and 6 s later."""
SOCKET_IO_QUIET_SECONDS = 3.0
"""Socket.IO needs less, because it sends what it has kept as soon as a visitor is back."""
REPEATS_SECONDS = 1.0
"""A line that is shown twice is shown again within this time."""
