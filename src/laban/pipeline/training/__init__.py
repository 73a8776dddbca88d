"""The common parts of all training runs: a folder, its files, and listeners."""
