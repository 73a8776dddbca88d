"""The tasks: pure functions over a recording, each with a streaming twin."""
