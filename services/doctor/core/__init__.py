"""Judges what the probes have seen, without I/O."""
