"""The limit of open files, in a process of its own."""

import resource
import subprocess
import sys

from services.runtime.fd_limit import raise_fd_limit

CODE = """
import resource
from services.runtime.fd_limit import raise_fd_limit
resource.setrlimit(resource.RLIMIT_NOFILE, (100, 400))
print(raise_fd_limit(300), raise_fd_limit(1000), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_it_is_raised_as_far_as_the_hard_limit_allows() -> None:
    said = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["300", "400", "400", "400"]


def test_it_is_never_lowered() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert raise_fd_limit(10) >= 10
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before
