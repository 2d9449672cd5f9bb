"""What calls cost, as ratios to peers within one run: `python -m benchmarks`."""
