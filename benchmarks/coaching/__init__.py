"""Comparing movements and coaching in figures."""
