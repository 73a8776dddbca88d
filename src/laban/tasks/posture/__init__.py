"""Posture: what a body's alignment is, how sure that is, and what the picture cannot tell."""
