"""Comparing poses and movements: alignment, similarity, tempo, repetitions."""
