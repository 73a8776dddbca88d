"""Answers to what people ask of movement: pure functions over a recording, each with a streaming twin."""
