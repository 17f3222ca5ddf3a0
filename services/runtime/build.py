"""Which build this is. `zufall --version`, the metrics and the labels of the image say the same."""

from services.contract.version import VERSION as VERSION

from .built_files import RELEASE

_FILE = RELEASE / "revision"

REVISION = _FILE.read_text().strip() if _FILE.exists() else "checkout"
"""The git revision that a wheel or an image was built from."""
