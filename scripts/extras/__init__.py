"""Every extra by itself, and none: each in an environment of its own, and the commands that belong to it."""
