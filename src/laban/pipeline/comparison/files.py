"""The files of a comparison: images of both sides, curves, a heat map, a page and a synchronised video."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from laban.core.arrays import Float64Array, ImageArray
from laban.core.conversions import pose_at
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.progress import Progress
from laban.core.sequence import PoseSequence
from laban.features.angles import MAIN_ANGLES
from laban.pipeline.recording.prefetch import prefetched
from laban.pipeline.recording.subject import Side
from laban.pipeline.recording.video import open_frames, rate_given
from laban.render.comparison.difference_table import JointRow
from laban.render.comparison.pair_curves import draw_pair_curves
from laban.render.comparison.pose_pair import draw_pose_pair, draw_tile, joint_shares
from laban.render.heat_map import draw_heat_map
from laban.render.sheet import write_png
from laban.render.video import encoded
from laban.render.words import format_time, short_name
from laban.tasks.comparison.movements import MovementComparison
from laban.tasks.comparison.poses import JointDifference, PoseComparison

_WORLD_PX = 300.0
_TILE_PX, _VIDEO_PX = 620, 480
_AHEAD = 6
_NAMES = ("attempt", "reference")


@dataclass(frozen=True, eq=False)
class ComparedFrame:
    """One side at one instant: the pose, the image if any, and its label."""

    pose: Pose
    image_rgb: ImageArray | None
    label: str


def write_pose_pair(path: Path, found: PoseComparison, first: Side, second: Side) -> Path:
    """Writes both people next to each other, with joints coloured by difference, above the table of differences."""
    sides = [_instant(one, 0) for one in (first, second)]
    rows = [_row(one) for one in found.joints]
    title = f"{found.verdict}: {found.scores.overall_percent:.0f} %"
    subtitle = f"{short_name(first.name)} beside {short_name(second.name)}"
    return write_png(path, _pair(sides, rows, title=title, subtitle=subtitle, swapped=found.mirrored))


def write_moments(folder: Path, found: MovementComparison, first: Side, second: Side) -> list[Path]:
    """Writes an image of each moment that differs most."""
    return [
        write_png(folder / f"moment_{number}.png", image)
        for number, image in enumerate(_moment_images(found, first, second), start=1)
    ]


def write_difference_curves(path: Path, found: MovementComparison, *, title: str) -> Path:
    """Writes the angles of both as curves on the reference's clock."""
    differences = found.differences
    image = draw_pair_curves(
        found.attempt_deg,
        found.reference_deg,
        found.times_s,
        names=MAIN_ANGLES,
        faults=differences.excess_deg > 0,
        guessed=(found.attempt_guessed, found.reference_guessed),
        title=title,
    )
    return write_png(path, image)


def write_difference_map(path: Path, found: MovementComparison, *, title: str) -> Path:
    """Writes joints over time: warm where the attempt is straighter than the reference, blue where more bent."""
    excess = found.differences.excess_deg
    signed = excess * np.sign(np.nan_to_num(found.differences.difference_deg))
    most = float(excess.max(initial=0.0))
    words = f"warm: straighter than the reference, blue: more bent; strongest {most:.0f}° beyond noise"
    image = draw_heat_map(
        signed,
        found.times_s,
        names=MAIN_ANGLES,
        joints=excess.mean(axis=0),
        times=excess.sum(axis=1),
        title=title,
        subtitle=words if most > 0 else "no joint differs by more than noise",
    )
    return write_png(path, image)


def write_side_by_side(
    path: Path,
    found: MovementComparison,
    first: Side,
    second: Side,
    *,
    progress: Progress | None = None,
) -> int:
    """Writes the reference's video with the attempt next to it, synchronised by the alignment; returns the
    frames."""
    count = 0
    with prefetched(_in_step(found, first, second), depth=_AHEAD) as ahead:
        for count, _ in enumerate(encoded(path, ahead), start=1):
            if progress is not None:
                progress(count, None)
    return count


def drawn_pose(sequence: PoseSequence, row: int) -> Pose:
    """One instant of a sequence; without pixels, as the camera of its metres sees it."""
    if sequence.image_px is None:
        sequence = sequence.take(slice(row, row + 1))
        image_px = sequence.coordinates(sequence.spaces[0])[..., :2] * _WORLD_PX
        sequence, row = sequence.replace(image_px=image_px), 0
    pose = pose_at(sequence, row)
    return replace(pose, visibility=np.nan_to_num(pose.visibility, nan=1.0))


def _moment_images(found: MovementComparison, first: Side, second: Side) -> Iterator[ImageArray]:
    firsts = instants_of(first, [moment.attempt_s for moment in found.moments])
    seconds = instants_of(second, [moment.time_s for moment in found.moments])
    for moment, one, other in zip(found.moments, firsts, seconds, strict=True):
        row = int(np.abs(found.times_s - moment.time_s).argmin())
        worst = ", ".join(f"{name.replace('_', ' ')} {value:+.0f}°" for name, value in moment.joints)
        title = f"{format_time(moment.time_s)}: {worst}".replace("-", "−")
        subtitle = f"{short_name(first.name)} beside {short_name(second.name)}, {moment.score_percent:.0f} %"
        yield _pair(
            [one, other], _rows_at(found, row), title=title, subtitle=subtitle, swapped=found.mirrored
        )


def _pair(
    sides: Sequence[ComparedFrame], rows: Sequence[JointRow], *, title: str, subtitle: str, swapped: bool
) -> ImageArray:
    tiles = [
        draw_tile(
            one.image_rgb,
            one.pose,
            joint_shares(one.pose, rows, swapped=swapped and index == 0),
            label=f"{_NAMES[index]} {one.label}".rstrip(),
            height_px=_TILE_PX,
        )
        for index, one in enumerate(sides)
    ]
    return draw_pose_pair(tiles[0], tiles[1], rows, title=title, subtitle=subtitle, names=_NAMES)


def _row(one: JointDifference) -> JointRow:
    return JointRow(
        one.joint,
        one.attempt_deg,
        one.reference_deg,
        one.uncertainty_deg,
        one.verdict == "differs",
        one.reason,
    )


def _rows_at(found: MovementComparison, row: int) -> list[JointRow]:
    excess = found.differences.excess_deg[row]
    measurable = found.differences.measurable[row]
    return [
        JointRow(
            joint,
            float(found.attempt_deg[row, index]),
            float(found.reference_deg[row, index]),
            float(found.differences.limit_deg[row, index]),
            bool(excess[index] > 0),
            "" if measurable[index] else "hidden, or points at the camera",
        )
        for index, joint in enumerate(MAIN_ANGLES)
    ]


def _instant(side: Side, row: int) -> ComparedFrame:
    """The only instant of a side that is a pose."""
    image = side.image
    if image is None and side.images is not None:
        at_s = side.moment_s if side.moment_s is not None else float(side.sequence.times_s[row])
        image = _images(side, [at_s])[0]
    moment = "" if side.moment_s is None else format_time(side.moment_s)
    return ComparedFrame(_fitted(side, row, image), image, moment)


def instants_of(side: Side, at_s: Sequence[float]) -> list[ComparedFrame]:
    sequence = side.sequence
    seen = np.flatnonzero(sequence.seen)
    rows = [int(seen[np.abs(sequence.times_s[seen] - time_s).argmin()]) for time_s in at_s]
    times = [float(sequence.times_s[row]) for row in rows]
    images: list[ImageArray | None] = [None] * len(rows)
    if side.images is not None and rows:
        images = list(_images(side, times))
    return [
        ComparedFrame(_fitted(side, row, image), image, format_time(time_s))
        for row, image, time_s in zip(rows, images, times, strict=True)
    ]


def _images(side: Side, at_s: Sequence[float]) -> list[ImageArray | None]:
    """The frames nearest to some times, in the order of the times."""
    best: dict[int, tuple[float, Frame]] = {}
    if side.images is None:
        return [None] * len(at_s)
    with open_frames(side.images, at_s=np.array(at_s), fps=rate_given(side.recording)) as frames:
        for frame in frames:
            for index, time_s in enumerate(at_s):
                away = abs(frame.time_s - time_s)
                if index not in best or away < best[index][0]:
                    best[index] = away, frame
        return [best[index][1].image_rgb.copy() if index in best else None for index in range(len(at_s))]


def _fitted(side: Side, row: int, image: ImageArray | None) -> Pose:
    """The pose in the pixels of the image, whose size may differ from the recording's."""
    pose = drawn_pose(side.sequence, row)
    size_wh = side.sequence.size_wh
    if image is None or size_wh is None or size_wh == (image.shape[1], image.shape[0]):
        return pose
    factor = np.array([image.shape[1] / size_wh[0], image.shape[0] / size_wh[1]], np.float32)
    return replace(pose, image_px=pose.image_px * factor)


def _in_step(found: MovementComparison, first: Side, second: Side) -> Iterator[tuple[float, ImageArray]]:
    """The reference's frames, each with the corresponding frame of the attempt."""
    if first.images is None or second.images is None:
        return
    begin, end = float(found.times_s[0]), float(found.times_s[-1])
    size: tuple[int, int] | None = None
    own_fps, their_fps = rate_given(first.recording), rate_given(second.recording)
    with (
        open_frames(first.images, fps=own_fps) as own,
        open_frames(second.images, fps=their_fps) as theirs,
    ):
        follower = _Follower(own)
        for frame in theirs:
            if not begin - 1e-6 <= frame.time_s <= end + 1e-6:
                continue
            beside = follower.at(float(np.interp(frame.time_s, found.times_s, found.attempt_s)))
            if beside is None:
                continue
            row = int(np.abs(found.times_s - frame.time_s).argmin())
            image = _video_frame(found, row, (first, beside), (second, frame))
            size = size or (image.shape[1], image.shape[0])
            yield frame.time_s, _padded(image, size)


class _Follower:
    """Reads on in a video to the frame nearest to a time that never goes back."""

    def __init__(self, frames: Iterable[Frame]) -> None:
        self._frames = iter(frames)
        self._here: Frame | None = next(self._frames, None)
        self._next: Frame | None = next(self._frames, None)

    def at(self, time_s: float) -> Frame | None:
        """The frame nearest to ``time_s``."""
        while (
            self._here is not None
            and self._next is not None
            and abs(self._next.time_s - time_s) <= abs(self._here.time_s - time_s)
        ):
            self._here, self._next = self._next, next(self._frames, None)
        return self._here


def _video_frame(
    found: MovementComparison, row: int, own: tuple[Side, Frame], theirs: tuple[Side, Frame]
) -> ImageArray:
    rows = _rows_at(found, row)
    halves = []
    for (side, frame), swapped, name in ((own, found.mirrored, "attempt"), (theirs, False, "reference")):
        at = int(np.abs(side.sequence.times_s - frame.time_s).argmin())
        pose = _fitted(side, at, frame.image_rgb)
        halves.append(_half(frame, pose, joint_shares(pose, rows, swapped=swapped), name))
    return np.concatenate(halves, axis=1)


def _half(frame: Frame, pose: Pose, shares: Float64Array, name: str) -> ImageArray:
    """A whole frame at the video's height, the person drawn on it."""
    from laban.render.importance import corner_label, draw_importance

    factor = _VIDEO_PX / frame.size_wh[1]
    wide = max(2, round(frame.size_wh[0] * factor))
    image = np.asarray(cv2.resize(frame.image_rgb, (wide, _VIDEO_PX), interpolation=cv2.INTER_AREA), np.uint8)
    moved = replace(pose, image_px=pose.image_px * np.float32(factor))
    drawn = draw_importance(image, moved, shares)
    corner_label(drawn, f"{name} {format_time(frame.time_s)}")
    return drawn


def _padded(image: ImageArray, size_wh: tuple[int, int]) -> ImageArray:
    if (image.shape[1], image.shape[0]) == size_wh:
        return image
    return np.asarray(cv2.resize(image, size_wh), np.uint8)
