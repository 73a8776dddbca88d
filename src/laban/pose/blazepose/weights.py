"""The networks of the engine, read once and shared by all instances."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from laban.assets import asset_path
from laban.core.checks import choose
from laban.errors import AssetError
from laban.pose.blazepose.blazepose_detector import BlazePoseDetector
from laban.pose.blazepose.detection import PersonDetector
from laban.pose.blazepose.landmarker import Landmarker, cut_model
from laban.pose.blazepose.yolox_detector import YoloxDetector
from laban.runtime.litert import read_model

MODELS: Mapping[str, str] = {size: f"blazepose_landmarker_{size}" for size in ("lite", "full", "heavy")}
_DETECTORS: Mapping[str, tuple[str, int, Callable[[bytes], PersonDetector]]] = {
    "blazepose": ("blazepose_detector", 224, BlazePoseDetector),
    "yolox": ("yolox_nano", 416, YoloxDetector),
}


@dataclass(frozen=True, eq=False)
class Weights:
    """The bytes of a detector and of a landmark network, and how to make running instances of them."""

    detector_name: str
    detector: bytes
    landmarker: bytes

    @property
    def detector_input_px(self) -> int:
        return _DETECTORS[self.detector_name][1]

    def make_detector(self) -> PersonDetector:
        return _DETECTORS[self.detector_name][2](self.detector)

    def make_landmarker(self) -> Landmarker:
        return Landmarker(self.landmarker)


@lru_cache(maxsize=4)
def load_weights(*, model: str, detector: str, precision: str) -> Weights:
    """The weights by name, found or fetched. ``auto`` is yolox where its file is available, else blazepose.

    Raises AssetError where a file can neither be found nor fetched, UnknownNameError for an unknown name.
    """
    asset = choose(model, MODELS, what="model")
    name = resolve_detector(detector)
    detector_file = asset_path(_DETECTORS[name][0])
    landmarker = read_model(asset_path(asset), name=asset)
    return Weights(name, read_model(detector_file, name=name), cut_model(landmarker, precision=precision))


def resolve_detector(detector: str) -> str:
    """The detector that a name means: ``auto`` is yolox where its file is available, else blazepose."""
    if detector != "auto":
        choose(detector, _DETECTORS, what="detector")
        return detector
    try:
        asset_path(_DETECTORS["yolox"][0])
    except AssetError:
        return "blazepose"
    return "yolox"
