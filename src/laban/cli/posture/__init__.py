"""`laban posture`: photos, films, and a camera."""
