"""Pose estimation: frames to people, with an identity per person."""
