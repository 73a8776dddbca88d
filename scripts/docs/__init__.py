"""Keeps what the documentation says of the program what the program says of itself."""
