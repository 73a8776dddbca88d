"""Benchmarks of posture."""
