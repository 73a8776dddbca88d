"""Jobs about posture: measure photos and films, watch a camera."""
