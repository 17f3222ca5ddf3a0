"""Limits that several services share, so that what one sends the other accepts."""

MAX_INTERESTS = 10
MAX_LANGUAGES = 5
MAX_AVOIDED_COUNTRIES = 20

MAX_TAG_LENGTH = 64
"""Characters of a normalized tag. A typed tag has at most 32, and normalizing lengthens some of them."""

MAX_ROOM_LENGTH = 64
"""Characters of the name of a room."""

REMATCH_COOLDOWN = 60.0
"""Seconds for which two visitors who parted are never matched again."""

PARTNERS_REMEMBERED = 64
"""The number of former partners that are remembered for one visitor."""

BLOCKED_KEYS_REMEMBERED = 128
"""The number of keys that one visitor's blocks have: 64 blocks with the visitor and the device of each."""

MAX_RECENT_PARTNERS = 256
"""The number of partners of the last `REMATCH_COOLDOWN` seconds that are kept. Four a second make 240."""

MAX_FORMER_PLACES = 2
"""The number of its visitor's older places that a browser remembers until they acknowledge the takeover."""

LEAST_WORK = 400
"""Key derivations that the proof of work for a token takes at most, while all is quiet."""

RECONNECT_GRACE = 15.0
"""Seconds for which a match waits for a visitor whose socket or gateway is gone."""

RELOAD_GRACE = 6.0
"""Seconds for which a match waits for a visitor who closed the page or loads it again."""

APPEAL_WINDOW = 183 * 24 * 3600
"""Seconds after a decision in which an appeal is accepted: six months."""

MAX_APPEAL_LENGTH = 2000
"""Characters of an appeal, and of its answer."""

MAX_DEVICE_HOURS = 7 * 24
"""The highest age of a device that reports name. A higher one could tell which device it is."""

REWIND_WINDOW = 30.0
"""Seconds after a match ended by `next` in which the two may go back to each other."""
