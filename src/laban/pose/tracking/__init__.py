"""Who is who from frame to frame, and from one span of a video to the next."""

from laban.pose.tracking.tracker import Observation, Tracked, Tracker, TrackerSettings

__all__ = ["Observation", "Tracked", "Tracker", "TrackerSettings"]
