"""What a wish may hold, and whom a visitor is kept from: gateways keep to it, a matcher refuses the rest."""

MAX_INTERESTS = 10
MAX_LANGUAGES = 5
MAX_AVOIDED_COUNTRIES = 20

MAX_TAG_LENGTH = 64
"""Letters of a folded tag. A tag is typed with at most 32, of which a few scripts make 18 each."""

REMATCH_COOLDOWN = 60.0
"""Seconds for which two who parted never meet again."""

PARTNERS_REMEMBERED = 64
"""How many former partners a visitor would rather not meet again, and how many they block for good."""

MAX_RECENT_PARTNERS = 256
"""With all of the last `REMATCH_COOLDOWN` seconds: who skips every 250 ms parts from 240 in that time."""

MAX_FORMER_PLACES = 2
"""How many older places of a visitor their browser remembers, until these have given way."""

RECONNECT_GRACE = 15.0
"""Seconds for which a match waits for a visitor whose socket or gateway is gone."""

APPEAL_WINDOW = 183 * 24 * 3600
"""Seconds after a decision in which an appeal is taken: six months."""

MAX_APPEAL_LENGTH = 2000
"""Characters of an appeal, and of its answer."""

MAX_DEVICE_HOURS = 7 * 24
"""For how long a device is known, at most, as reports tell it: more could say which one it is."""

REWIND_WINDOW = 30.0
"""Seconds after a parting by `next` in which the two may find back."""
