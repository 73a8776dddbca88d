"""Posture in figures."""
