"""Tracking: identities from frame to frame, and from one span of a video to the next."""

from laban.pose.tracking.observation import Observation, Tracked
from laban.pose.tracking.settings import TrackerSettings
from laban.pose.tracking.tracker import Tracker

__all__ = ["Observation", "Tracked", "Tracker", "TrackerSettings"]
