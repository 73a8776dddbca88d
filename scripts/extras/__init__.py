"""Tests every extra on its own, and the core alone, each in its own environment."""
