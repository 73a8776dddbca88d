"""The live loop: frames in as they arrive, events out as soon as they are known."""
