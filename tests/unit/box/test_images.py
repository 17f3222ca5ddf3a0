"""The image that `.env` may name."""

from pathlib import Path

import pytest

from deploy.box.images import newest_image
from deploy.box.installation import Installation, Unusable


@pytest.mark.parametrize(
    "source", ["zufall", "host:5000/zufall", "zufall@sha256:abc", "host/zufall:1@sha256:abc"]
)
def test_an_image_is_named_with_a_tag(tmp_path: Path, source: str) -> None:
    with pytest.raises(Unusable, match="ZUFALL_IMAGE must be a name with a tag"):
        newest_image(Installation(tmp_path, {"ZUFALL_IMAGE": source}))
