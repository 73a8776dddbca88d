"""Posture as pictures and pages."""
