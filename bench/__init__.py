"""Load, baselines and measurements: `python -m bench` (docs/benchmarks.md)."""
