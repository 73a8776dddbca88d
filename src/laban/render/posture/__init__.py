"""Posture as images and pages."""
