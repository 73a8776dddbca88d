"""Posture: what a body's alignment is, how sure that is, and what the image cannot tell."""
