"""Programs for developers. The services import none of them, and the image does not carry them."""
