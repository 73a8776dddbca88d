"""What must not matter, done to recordings: each a pure function, with what is known to change by it."""

import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tests.invariance import bodies
from tests.invariance.mapping import Mapping

from laban.core.arrays import Float64Array
from laban.core.sequence import PoseSequence, Recording
from laban.io import FORMATS, AssumptionWarning, LossWarning, load, save
from laban.sequences.resample import resample

Changed = tuple[Recording, Mapping]
_SAME = Mapping()
_FIELDS = ("visibility", "image_px", "depth_px", "world_m", "score")


@dataclass(frozen=True, eq=False)
class Change:
    """``make`` gives the changed recording and how it maps; with ``streamed`` the answer is that of the streaming
    twin, and what holds ``alone`` is for one person only."""

    name: str
    make: Callable[[Recording], Changed]
    streamed: bool = False
    alone: bool = False


def same(recording: Recording) -> Changed:
    """Nothing changed; for changes of how an answer is asked."""
    return recording, _SAME


def at_times(recording: Recording, times_s: Float64Array) -> Recording:
    """The recording as a camera would have it that looked at ``times_s``."""
    people = {}
    for person, one in recording.people.items():
        within = times_s[(times_s >= one.times_s[0] - 1e-9) & (times_s <= one.times_s[-1] + 1e-9)]
        people[person] = resample(one, times_s=within)
    return recording.replace(times_s=times_s, people=people)


def at_rate(recording: Recording, *, fps: float) -> Changed:
    """Another frame rate."""
    return at_times(recording, np.arange(0.0, recording.times_s[-1] + 1e-9, 1 / fps)), _SAME


def unevenly(recording: Recording) -> Changed:
    """Frames 10 to 120 ms apart, as of a telephone that is short of light."""
    steps = np.random.default_rng(4).choice([0.01, 0.02, 1 / 30, 0.05, 0.12], 3000)
    times_s = np.concatenate([[0.0], np.cumsum(steps)])
    return at_times(recording, times_s[times_s <= recording.times_s[-1]]), _SAME


def with_half(recording: Recording) -> Changed:
    """Half of the frames dropped by chance, up to a third of a second in a row."""
    rows = np.random.default_rng(5).random(len(recording.times_s)) < 0.5
    rows[[0, -1]] = True
    rows[::10] = True
    return at_times(recording, recording.times_s[rows]), _SAME


def mirrored(recording: Recording) -> Changed:
    """The image of a mirror: left is right."""
    width = float((recording.size_wh or (640, 480))[0])

    def of(one: PoseSequence) -> PoseSequence:
        flip = one.skeleton.flip
        return one.replace(
            image_px=None if one.image_px is None else (one.image_px * (-1.0, 1.0) + (width, 0.0))[:, flip],
            world_m=None if one.world_m is None else (one.world_m * (-1.0, 1.0, 1.0))[:, flip],
            depth_px=None if one.depth_px is None else one.depth_px[:, flip],
            visibility=one.visibility[:, flip],
        )

    return _each(recording, of), Mapping(mirrored_px=width)


def in_image(recording: Recording, *, scale: float = 1.0, left: float = 0.0, top: float = 0.0) -> Changed:
    """The same image ``scale`` times as big, with bars ``left`` and ``top`` (shares of it; negative crops)."""
    width, height = recording.size_wh or (640, 480)
    offset_px = (left * width * scale, top * height * scale)
    size_wh = (round(width * scale + 2 * offset_px[0]), round(height * scale + 2 * offset_px[1]))

    def of(one: PoseSequence) -> PoseSequence:
        assert one.image_px is not None
        depth = None if one.depth_px is None else one.depth_px * scale
        return one.replace(image_px=one.image_px * scale + offset_px, depth_px=depth, size_wh=size_wh)

    people = {person: of(one) for person, one in recording.people.items()}
    changed = recording.replace(people=people, size_wh=size_wh)
    return changed, Mapping(scale=(scale, scale), offset_px=offset_px)


def still_around(recording: Recording, *, before_s: float = 2.0, after_s: float = 2.0) -> Changed:
    """Two seconds of stillness before and after, with a little noise of landmarks."""
    step_s = float(np.median(np.diff(recording.times_s)))
    counts = round(before_s / step_s), round(after_s / step_s)
    rng = np.random.default_rng(6)

    def longer(one: PoseSequence) -> PoseSequence:
        parts: dict[str, Any] = {name: _held(getattr(one, name), counts) for name in _FIELDS}
        parts["image_px"] = parts["image_px"] + rng.normal(0.0, 0.3, parts["image_px"].shape)
        return one.replace(times_s=np.arange(len(one) + sum(counts)) * step_s, **parts)

    people = {person: longer(one) for person, one in recording.people.items()}
    times_s = np.arange(len(recording.times_s) + sum(counts)) * step_s
    return recording.replace(times_s=times_s, people=people), Mapping(shift_s=counts[0] * step_s)


def begins_later(recording: Recording) -> Changed:
    """A clock that begins at an hour."""
    later = {person: one.replace(times_s=one.times_s + 3600.0) for person, one in recording.people.items()}
    return recording.replace(times_s=recording.times_s + 3600.0, people=later), Mapping(shift_s=3600.0)


def with_sitter(recording: Recording) -> Changed:
    """Somebody sits at the edge of the image all the time."""
    return _with(
        recording, bodies.stranger(recording, bodies.sitting, at=_at(0.1, 0.62), size=0.8, yaw_deg=50.0)
    )


def with_passer(recording: Recording) -> Changed:
    """Somebody walks through behind."""

    def at(times_s: Float64Array) -> Float64Array:
        across = np.interp(times_s, [0.5, 5.5], [-0.1, 1.1])
        return np.stack([across, np.full_like(across, 0.52)], axis=1)

    return _with(recording, bodies.stranger(recording, bodies.walking, at=at, size=0.6, yaw_deg=80.0))


def with_distant(recording: Recording) -> Changed:
    """Somebody stands far away."""
    return _with(
        recording, bodies.stranger(recording, bodies.standing, at=_at(0.9, 0.4), size=0.25, yaw_deg=0.0)
    )


def _at(across: float, down: float) -> bodies.Place:
    return lambda times_s: np.full((len(times_s), 2), (across, down))


def without(recording: Recording, *, part: tuple[str, ...] = (), share: float = 0.0) -> Changed:
    """Landmarks whose names hold one of ``part`` missing, and ``share`` of all others now and then."""
    rng = np.random.default_rng(7)

    def of(one: PoseSequence) -> PoseSequence:
        lost = rng.random(one.visibility.shape) < share
        lost |= np.array([any(word in name for word in part) for name in one.skeleton.names])
        return _hidden(one, lost)

    return _each(recording, of), Mapping(poorer=bool(part))


def not_found_now_and_then(recording: Recording) -> Changed:
    """In one frame of ten nobody is found, and once for a fifth of a second."""
    rng = np.random.default_rng(8)

    def of(one: PoseSequence) -> PoseSequence:
        gone = rng.random(len(one)) < 0.1
        gone |= (one.times_s > 1.0) & (one.times_s < 1.2)
        gone[[0, -1]] = False
        return _hidden(one, np.repeat(gone[:, None], len(one.skeleton), axis=1))

    return _each(recording, of), Mapping(unseen=0.13)


def through_file(recording: Recording, *, name: str) -> Changed:
    """Written to a file of poses and read again."""
    form = FORMATS[name]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", LossWarning)
        warnings.simplefilter("ignore", AssumptionWarning)
        path = save(recording, Path(folder) / f"poses{next(iter(form.suffixes), '')}", format=name)
        fps = 1 / float(np.median(np.diff(recording.times_s)))
        told = {"fps": fps, "size_wh": recording.size_wh}
        options = {key: value for key, value in told.items() if key in form.read_options}
        if name == "npy":  # numbers alone do not tell which thirteen joints they are
            options["skeleton"] = next(iter(recording.people.values())).skeleton.name
        return load(path, **options), Mapping(poorer=name not in _WHOLE)


def renumbered(recording: Recording) -> Changed:
    """Other ids, in the other order."""
    people = {40 - 7 * person: one for person, one in recording.people.items()}
    return recording.replace(people=people, source="another name.mp4"), _SAME


def _each(recording: Recording, of: Callable[[PoseSequence], PoseSequence]) -> Recording:
    return recording.replace(people={person: of(one) for person, one in recording.people.items()})


def _with(recording: Recording, other: PoseSequence) -> Changed:
    """The other comes first, so that nobody is meant because of a number."""
    people = {0: other, **{person + 1: one for person, one in recording.people.items()}}
    return recording.replace(people=people), Mapping(strangers=1)


def _hidden(one: PoseSequence, lost: np.ndarray) -> PoseSequence:
    changes: dict[str, Any] = {"visibility": np.where(lost, 0.0, one.visibility)}
    for name in ("image_px", "world_m"):
        value = getattr(one, name)
        if value is not None:
            changes[name] = np.where(lost[..., None], np.nan, value)
    if one.depth_px is not None:
        changes["depth_px"] = np.where(lost, np.nan, one.depth_px)
    return one.replace(**changes)


def _held(value: np.ndarray | None, counts: tuple[int, int]) -> np.ndarray | None:
    if value is None:
        return None
    return np.concatenate([np.repeat(value[:1], counts[0], 0), value, np.repeat(value[-1:], counts[1], 0)])


_WHOLE, _OF_ONE = ("parquet", "tutorial"), ("tutorial", "features66", "trc")
_HANDS = ("pinky", "left_index", "right_index", "thumb")

CHANGES: tuple[Change, ...] = (
    *(Change(f"{fps:g} frames a second", partial(at_rate, fps=fps)) for fps in (2, 3, 5, 7.5, 15, 60, 120)),
    Change("uneven frames", unevenly),
    Change("half of the frames dropped", with_half),
    Change("somebody sits there", with_sitter),
    Change("somebody walks past", with_passer),
    Change("somebody far away", with_distant),
    Change("mirrored", mirrored),
    Change("letterboxed", partial(in_image, top=0.17)),
    Change("padded", partial(in_image, left=0.25, top=0.25)),
    Change("cropped a little", partial(in_image, left=-0.02, top=-0.02)),
    Change("half the size", partial(in_image, scale=0.5)),
    Change("twice the size", partial(in_image, scale=2.0)),
    Change("still for 2 s before and after", still_around),
    Change("a clock that begins at 1 h", begins_later),
    Change("other ids and name", renumbered),
    Change("hands missing", partial(without, part=_HANDS)),
    Change("face missing but the nose", partial(without, part=("eye", "mouth"))),
    Change("1 landmark of 20 missing", partial(without, share=0.05)),
    Change("not found in 1 frame of 10", not_found_now_and_then),
    *(
        Change(f"through a file, {name}", partial(through_file, name=name), alone=name in _OF_ONE)
        for name in FORMATS
    ),
    Change("streamed", same, streamed=True),
)
