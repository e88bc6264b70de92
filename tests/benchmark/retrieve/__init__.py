"""Search at scale beside its baselines: `make bench-retrieve`."""
