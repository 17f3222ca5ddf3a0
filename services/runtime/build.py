"""The git revision of this build. `zufall --version`, the metrics and the image's labels say the same."""

from .built_files import RELEASE

_FILE = RELEASE / "revision"

REVISION = _FILE.read_text().strip() if _FILE.exists() else "checkout"
"""The git revision that a wheel or an image was built from."""
