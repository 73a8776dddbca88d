"""Opens two poses or movements, and compares them."""

from dataclasses import replace
from typing import Literal

from laban.core.checks import with_given
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.core.subject import biggest_person
from laban.errors import InvalidValueError
from laban.pipeline.recording.subject import Side
from laban.tasks.comparison.movements import MovementComparison, compare_movements
from laban.tasks.comparison.poses import PoseComparison, compare_poses
from laban.tasks.comparison.settings import ComparisonSettings, MovementSettings
from laban.tasks.comparison.similarity import nearest_moment

Comparison = PoseComparison | MovementComparison
Comparable = Recording | PoseSequence | Pose
"""What can be compared: a recording, of which the biggest person is taken, one person's sequence, or a pose."""


def compare(
    recording: Comparable,
    reference: Comparable,
    *,
    person: int | None = None,
    reference_person: int | None = None,
    space: Literal["auto", "pixel", "world"] | None = None,
    ignore_turn: bool | None = None,
    mirror: Literal["auto", "never", "always"] | None = None,
    noise_floor_deg: float | None = None,
    min_visibility: float | None = None,
    clock_fps: float | None = None,
    window_s: float | None = None,
    open_begin: bool | None = None,
    open_end: bool | None = None,
    moments: int | None = None,
    settings: MovementSettings | None = None,
) -> Comparison:
    """How close ``recording`` is to ``reference``: two poses, where each is one instant, or two movements.

    ``person`` and ``reference_person`` choose a person of a recording; None is the biggest in the image.
    The other options are the fields of ``MovementSettings``; those that are None are taken from ``settings``.
    Raises InvalidValueError where one is a pose and the other a movement, or where one cannot be compared, and
    SourceError where nobody is there.

    >>> from laban.sources import SyntheticScene
    >>> recording = SyntheticScene(people=1, seconds=3.0).recording()
    >>> comparison = compare(recording, recording)
    >>> round(comparison.score_percent), len(comparison.times_s) == len(comparison.attempt_s)
    (100, True)
    """
    chosen = with_given(
        settings or MovementSettings(),
        space=space,
        ignore_turn=ignore_turn,
        mirror=mirror,
        noise_floor_deg=noise_floor_deg,
        min_visibility=min_visibility,
        clock_fps=clock_fps,
        window_s=window_s,
        open_begin=open_begin,
        open_end=open_end,
        moments=moments,
    )
    own, theirs = _person_of(recording, person), _person_of(reference, reference_person)
    return _compared(own, theirs, chosen, names=("the recording", "the reference"))


def compare_sides(first: Side, second: Side, *, settings: MovementSettings) -> Comparison:
    """The same for two opened sources, with the warnings about either."""
    found = _compared(first.sequence, second.sequence, settings, names=(first.name, second.name))
    doubts = [f"{side.name}: {words}" for side in (first, second) for words in side.doubts]
    return replace(found, warnings=(*found.warnings, *doubts))


def _person_of(source: Comparable, person: int | None) -> PoseSequence | Pose:
    if not isinstance(source, Recording):
        return source
    return source.people[biggest_person(source, person=person)]


def _compared(
    own: PoseSequence | Pose,
    theirs: PoseSequence | Pose,
    settings: MovementSettings,
    *,
    names: tuple[str, str],
) -> Comparison:
    poses = [isinstance(one, Pose) or len(one) == 1 for one in (own, theirs)]
    if all(poses):
        return compare_poses(own, theirs, settings=settings)
    if isinstance(own, PoseSequence) and isinstance(theirs, PoseSequence) and not any(poses):
        return compare_movements(own, theirs, settings=settings, names=names)
    still, moving = (0, 1) if poses[0] else (1, 0)
    both = own, theirs
    raise InvalidValueError(_unlike(both[still], both[moving], names[still], names[moving], settings))


def _unlike(
    still: PoseSequence | Pose,
    moving: PoseSequence | Pose,
    still_name: str,
    moving_name: str,
    settings: ComparisonSettings,
) -> str:
    words = f"{still_name} is a pose and {moving_name} a movement; give two of one kind"
    if not isinstance(moving, PoseSequence):
        return words
    time_s, percent = nearest_moment(still, moving, settings=settings)
    return f"{words}: its moment nearest to the pose is {moving_name}@{time_s:.2f}s ({percent:.0f} %)"
