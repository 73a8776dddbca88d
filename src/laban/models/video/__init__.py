"""Recognisers that look at the images of a clip: a network for each frame, and one for their order in time."""
