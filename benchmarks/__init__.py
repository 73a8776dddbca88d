"""Figures of speed, memory and exactness, each against a peer measured in the same run."""
