"""Benchmarks of speed, memory and accuracy, each compared with a peer in the same run."""
