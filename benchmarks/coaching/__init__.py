"""Benchmarks of comparison and coaching."""
