"""Opens the pose engine for the settings of a command."""

from laban.pipeline.recording.settings import ExtractionSettings
from laban.pose.protocol import PoseEstimator


def open_estimator(settings: ExtractionSettings) -> PoseEstimator:
    """The estimator that finds the people in frames."""
    from laban.pose.blazepose.engine import BlazePoseEngine
    from laban.pose.blazepose.weights import load_weights

    weights = load_weights(model=settings.model, detector=settings.detector, precision=settings.precision)
    return BlazePoseEngine(settings.engine(), weights=weights)
