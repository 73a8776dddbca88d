"""MediaPipe Tasks with the same protocol as our own engine: the reference that it is compared with."""

from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np

from laban.core.checks import choose, in_range
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33, Skeleton
from laban.errors import InvalidValueError, MissingExtraError, ModelError
from laban.pose.nearest_ids import NearestIds
from laban.pose.protocol import FrameOrder

Mode = Literal["image", "video"]

DETECTOR = "blazepose_detector"
LANDMARKERS = {name: f"blazepose_landmarker_{name}" for name in ("lite", "full", "heavy")}
_RUNNING_MODES = {"image": "IMAGE", "video": "VIDEO"}


class MediaPipeEstimator:
    """MediaPipe's PoseLandmarker on the same networks as our own engine.

    ``mode`` "video" tracks from frame to frame, "image" detects in each frame. MediaPipe has no identities:
    ids are given by distance (NearestIds), which is right for people who stay apart. A pose's ``score`` is
    the mean presence of its landmarks, as MediaPipe gives none. ``bundle`` is a ``.task`` file to use
    instead of our networks. Raises MissingExtraError where MediaPipe is not installed, AssetError where the
    networks are not available, and ModelError where MediaPipe rejects them.
    """

    def __init__(
        self,
        *,
        model: str = "full",
        mode: Mode = "video",
        num_poses: int = 1,
        min_confidence: float = 0.5,
        bundle: Path | None = None,
    ) -> None:
        in_range(num_poses, name="num_poses", low=1)
        in_range(min_confidence, name="min_confidence", low=0.0, high=1.0)
        running_mode = choose(mode, _RUNNING_MODES, what="mode")
        landmarker = choose(model, LANDMARKERS, what="model")
        self._mediapipe = _import_mediapipe()
        self._model = _landmarker(
            _bundle_options(bundle, landmarker=landmarker),
            running_mode=running_mode,
            num_poses=num_poses,
            min_confidence=min_confidence,
        )
        self._is_video = mode == "video"
        self._order = FrameOrder()
        self._ids = NearestIds()
        self._last_ms = -1
        self._start_s: float | None = None

    @property
    def skeleton(self) -> Skeleton:
        """BlazePose's 33 landmarks."""
        return BLAZEPOSE33

    def update(self, frame: Frame) -> list[Pose]:
        """The people in ``frame``; see PoseEstimator."""
        self._order.check(frame)
        image = self._image(frame)
        if self._is_video:
            found = self._model.detect_for_video(image, self._timestamp_ms(frame))
        else:
            found = self._model.detect(image)
        return self._ids.assign(_poses(found, size_wh=frame.size_wh), time_s=frame.time_s)

    def detect(self, frame: Frame) -> list[Pose]:
        """The people in one still image, without ids and independent of other frames.

        Raises InvalidValueError in video mode.
        """
        if self._is_video:
            raise InvalidValueError("stills need mode='image'; this estimator was built with mode='video'")
        return _poses(self._model.detect(self._image(frame)), size_wh=frame.size_wh)

    def close(self) -> None:
        """Frees MediaPipe's graph; may be called again."""
        if self._order.close():
            self._model.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _image(self, frame: Frame) -> Any:
        # MediaPipe ignores the buffer's strides, so a view of a larger image would be garbage.
        image_rgb = np.ascontiguousarray(frame.image_rgb)
        return self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=image_rgb)

    def _timestamp_ms(self, frame: Frame) -> int:
        """Whole milliseconds from the first frame, later than the one before, as MediaPipe requires."""
        if self._start_s is None:
            self._start_s = frame.time_s
        self._last_ms = max(self._last_ms + 1, round((frame.time_s - self._start_s) * 1000))
        return self._last_ms


def _import_mediapipe() -> Any:
    try:
        import mediapipe
    except ImportError as error:
        raise MissingExtraError(
            "MediaPipe is not installed; get it with: pip install 'laban[mediapipe]' "
            "(in an environment of its own, because it brings another OpenCV)"
        ) from error
    return mediapipe


def _bundle_options(bundle: Path | None, *, landmarker: str) -> dict[str, object]:
    if bundle is not None:
        return {"model_asset_path": str(bundle)}
    from laban.assets import asset_path
    from laban.pose.task_bundle import task_bundle

    networks = {"detector": DETECTOR, "landmarker": landmarker}
    contents = {part: asset_path(name).read_bytes() for part, name in networks.items()}
    return {"model_asset_buffer": task_bundle(**contents)}


def _landmarker(
    source: dict[str, object], *, running_mode: str, num_poses: int, min_confidence: float
) -> Any:
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(**source),
        running_mode=getattr(vision.RunningMode, running_mode),
        num_poses=num_poses,
        min_pose_detection_confidence=min_confidence,
        min_pose_presence_confidence=min_confidence,
        min_tracking_confidence=min_confidence,
    )
    try:
        return vision.PoseLandmarker.create_from_options(options)
    except (OSError, RuntimeError, ValueError) as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(f"MediaPipe refused the pose networks: {first_line}") from error


def _poses(found: Any, *, size_wh: tuple[int, int]) -> list[Pose]:
    both = zip(found.pose_landmarks, found.pose_world_landmarks, strict=True)
    return [_pose(image, world, size_wh=size_wh) for image, world in both]


def _pose(image: list[Any], world: list[Any], *, size_wh: tuple[int, int]) -> Pose:
    width, height = size_wh
    presence = float(np.mean([point.presence for point in image]))
    return Pose(
        BLAZEPOSE33,
        np.array([(point.x * width, point.y * height) for point in image], dtype=np.float32),
        np.array([point.visibility for point in image], dtype=np.float32),
        depth_px=np.array([point.z * width for point in image], dtype=np.float32),
        world_m=np.array([(point.x, point.y, point.z) for point in world], dtype=np.float32),
        score=min(max(presence, 0.0), 1.0),
    )
