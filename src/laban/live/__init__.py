"""Live: frames in as they come, events out as soon as they are known."""
