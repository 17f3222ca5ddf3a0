"""Tests with slow, vanished and hostile peers beside honest visitors."""
