"""A health check that asks the service of this container whether it is ready.

The engine runs it every 15 seconds, so it needs only Python's standard library, which starts fast.
"""

import os
import sys
from urllib.error import HTTPError
from urllib.request import urlopen

READY, NOT_READY, NO_ANSWER = 0, 1, 2


def main() -> int:
    """Return the exit status: 0 ready, 1 not ready, 2 no answer. It reads ZUFALL_ADMIN_LISTEN."""
    port = os.environ["ZUFALL_ADMIN_LISTEN"].rpartition(":")[2]
    try:
        urlopen(f"http://127.0.0.1:{port}/readyz", timeout=4).close()
    except HTTPError:
        return NOT_READY
    except OSError:
        return NO_ANSWER
    return READY


if __name__ == "__main__":
    sys.exit(main())
