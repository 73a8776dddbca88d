"""The protocol of all pose estimators, whatever network they use."""

from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.skeleton import Skeleton
from laban.errors import InvalidValueError


@runtime_checkable
class PoseEstimator(Protocol):
    """From frames to people: an open resource that tracks people from one frame to the next.

    Every estimator passes ``tests/contracts/test_pose_estimators.py``:

    - ``update`` takes frames in order of time and returns the people of that frame, an empty list where
      there is nobody. Every pose has ``skeleton``'s joints in pixels of the frame given and a ``person``
      id, each id at most once per frame; the id stays with the person and is never given to another.
    - a frame that is not later than the one before raises InvalidValueError, as does any frame after
      ``close``; the estimator is unchanged and takes the next valid frame.
    - the same frames give the same people bit for bit; a frame's image is never changed.
    - ``close`` frees what is held and may be called again. Leaving a ``with`` block closes.
    """

    @property
    def skeleton(self) -> Skeleton:
        """The joints that every pose has."""
        ...

    def update(self, frame: Frame) -> list[Pose]:
        """The people in ``frame``, which must be later than the frame before."""
        ...

    def close(self) -> None:
        """Frees what is held; may be called again."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


@runtime_checkable
class StillEstimator(Protocol):
    """An estimator that also takes single images, each a scene of its own."""

    def detect(self, frame: Frame) -> list[Pose]:
        """The people in one image, without ids; frames seen before and after make no difference."""
        ...

    def close(self) -> None:
        """Frees what is held; may be called again."""
        ...


class FrameOrder:
    """Checks that frames come in order of time and not after ``close``."""

    def __init__(self) -> None:
        self._last_s: float | None = None
        self._closed = False

    def check(self, frame: Frame) -> None:
        """Notes the frame's time; raises InvalidValueError where it is not later, or after ``close``."""
        if self._closed:
            raise InvalidValueError("this pose estimator is closed; build a new one for more frames")
        if self._last_s is not None and frame.time_s <= self._last_s:
            raise InvalidValueError(
                f"frames must come in order of time: frame {frame.index} is at {frame.time_s:.3f} s, "
                f"the one before at {self._last_s:.3f} s; build a new estimator to start again"
            )
        self._last_s = frame.time_s

    def close(self) -> bool:
        """Whether this call closed it; later calls return False."""
        closing, self._closed = not self._closed, True
        return closing
