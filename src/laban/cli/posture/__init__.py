"""`laban posture`: photos, videos and cameras."""
