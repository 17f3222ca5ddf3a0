"""Bounds the bytes that the pictures of strangers take in the database."""

from dataclasses import dataclass

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class PictureBudget:
    """Says how many bytes of pictures are kept. A network is a /24 (IPv4) or a /48 (IPv6).

    Filings at the same moment do not see each other, so each of them may exceed a budget by its own pictures.
    """

    network_day: int = 64 * MEGABYTE
    """The bytes of re-encoded pictures of one network in a day, after which its reports bring no pictures."""
    network_originals: int = 32 * MEGABYTE
    """The bytes of originals that are kept for one network at any time."""
    all_originals: int = 2048 * MEGABYTE
    """The bytes of originals that are kept at any time."""

    def exceeded(self, size: int, of_network: int, of_all: int) -> str:
        """Return which budget a new original of `size` bytes exceeds: "network", "all", or "" for none.

        `of_network` and `of_all` are the bytes that are kept already.
        """
        if of_network + size > self.network_originals:
            return "network"
        return "all" if of_all + size > self.all_originals else ""
