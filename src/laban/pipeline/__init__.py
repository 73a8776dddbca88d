"""Whole jobs: from a source to a recording, and from a recording to images."""
