"""Measurements of matching: `python -m bench.matching` (docs/benchmarks.md)."""
