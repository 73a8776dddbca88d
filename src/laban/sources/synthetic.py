"""Synthetic scenes: people whose every movement is known, and images of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from laban.core.arrays import Float32Array, Float64Array, ImageArray, IntArray
from laban.core.checks import in_range, positive
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.core.spans import Span, Timeline
from laban.errors import InvalidValueError
from laban.sources.actors import FALL_LASTS_S, Actor, Waypoint
from laban.sources.figure import Build
from laban.sources.painting import Figure, backdrop, paint_owners, paint_people
from laban.sources.protocol import OpenSource

MOST_PEOPLE = 8
_CAMERA_UP_M = 1.0
_FOCAL = 1.25
_NEAREST_M, _BETWEEN_M = 3.4, 0.7
_REACH = 0.36
_PILLAR = (0.42, 0.07)
_PILLAR_RGB = (96, 88, 80)


@dataclass(frozen=True)
class SyntheticScene:
    """People who walk to and fro in front of a camera and cross each other, generated from ``seed``.

    ``people`` walk one behind the other, so that the nearer hide the farther where they cross. The first ``falls``
    of them fall over on the way. With ``pillar``, a pillar stands in front of all of them. ``size_wh`` is the width
    and height in pixels. Two scenes with equal fields give equal results.
    """

    people: int = 2
    seconds: float = 6.0
    fps: float = 30.0
    size_wh: tuple[int, int] = (640, 360)
    seed: int = 0
    falls: int = 0
    pillar: bool = False

    def __post_init__(self) -> None:
        in_range(self.people, name="people", low=0, high=MOST_PEOPLE)
        in_range(self.falls, name="falls", low=0, high=self.people)
        in_range(positive(self.seconds, name="seconds"), name="seconds", high=3600.0)
        in_range(positive(self.fps, name="fps"), name="fps", high=1000.0)
        in_range(min(self.size_wh), name="size_wh", low=16)
        in_range(max(self.size_wh), name="size_wh", high=8192)

    @cached_property
    def times_s(self) -> Float64Array:
        """(T,) seconds: k ÷ fps, at least one."""
        times_s = np.arange(max(1, round(self.seconds * self.fps))) / self.fps
        times_s.flags.writeable = False
        return times_s

    @cached_property
    def actors(self) -> tuple[Actor, ...]:
        """All people and their movements, the nearest first; a person's id is the position here."""
        return tuple(self._actor(person) for person in range(self.people))

    @property
    def falls_seen(self) -> Timeline:
        """A span ``fall`` for each fall, from losing balance to lying still."""
        spans = (
            Span(actor.fall_s, actor.fall_s + FALL_LASTS_S, "fall", person=person)
            for person, actor in enumerate(self.actors)
            if actor.fall_s is not None
        )
        return Timeline(tuple(spans))

    def poses_at(self, time_s: float) -> list[Pose]:
        """All people at any ``time_s``, not only at frame times, whether visible or not.

        ``visibility`` is 1 where a landmark is in the image and not occluded, else 0; coordinates are true either
        way.
        """
        at_s = np.array([time_s])
        bodies = [actor.bodies_m(at_s) for actor in self.actors]
        visibility = self._visibility(bodies, at_s)[:, 0]
        return [
            Pose(
                BLAZEPOSE33,
                visibility=visibility[person].astype(np.float32),
                person=person,
                **{name: values[0] for name, values in self._landmarks(body).items()},
            )
            for person, body in enumerate(bodies)
        ]

    def recording(self, times_s: npt.ArrayLike | None = None) -> Recording:
        """The truth at ``times_s`` (T,), or at every frame: all people, with the ids of ``poses_at``."""
        at_s = self.times_s if times_s is None else np.asarray(times_s, dtype=np.float64)
        bodies = [actor.bodies_m(at_s) for actor in self.actors]
        visibility = self._visibility(bodies, at_s)
        people = {
            person: self._sequence(at_s, body, visibility[person]) for person, body in enumerate(bodies)
        }
        return Recording(f"synthetic scene {self.seed}", at_s, people, size_wh=self.size_wh)

    def image(self, time_s: float) -> ImageArray:
        """(H, W, 3) RGB, the camera's view at ``time_s``."""
        canvas = self._backdrop.copy()
        paint_people(canvas, self._figures([actor.bodies_m(np.array([time_s])) for actor in self.actors], 0))
        if self.pillar:
            canvas[:, self._pillar_columns] = _PILLAR_RGB
        return canvas

    @cached_property
    def _backdrop(self) -> ImageArray:
        return backdrop(self.size_wh, rng=np.random.default_rng([self.seed, 0]))

    @property
    def _focal_px(self) -> float:
        return _FOCAL * self.size_wh[1]

    @property
    def _pillar_columns(self) -> slice:
        middle, half = (share * self.size_wh[0] for share in _PILLAR)
        return slice(round(middle - half), round(middle + half))

    def _actor(self, person: int) -> Actor:
        rng = np.random.default_rng([self.seed, 1, person])
        build, path = Build.drawn(rng), self._path(rng, person)
        phase_rad = rng.uniform(0, 2 * np.pi)
        if person >= self.falls:
            return Actor(build, path, phase_rad)
        fall_s = rng.uniform(0.3, 0.6) * self.seconds
        across_m = float(Actor(build, path).places_m(np.array([fall_s]))[0, 0])
        toward = (-1.0 if across_m > 0 else 1.0, float(rng.uniform(-0.4, 0.4)))
        return Actor(build, path, phase_rad, fall_s=float(fall_s), fall_toward=toward)

    def _path(self, rng: np.random.Generator, person: int) -> tuple[Waypoint, ...]:
        """From side to side and back until the scene ends; neighbours start on opposite sides, so they cross."""
        away_m = _NEAREST_M + _BETWEEN_M * person
        reach_m = _REACH * self.size_wh[0] * away_m / self._focal_px
        side = 1.0 if (person + self.seed) % 2 else -1.0
        path = [Waypoint(0.0, side * reach_m * rng.uniform(0.8, 1.0), away_m)]
        while len(path) < 2 or path[-1].time_s < self.seconds:
            side = -side
            across_m = side * reach_m * rng.uniform(0.8, 1.0)
            next_m = away_m + rng.uniform(-0.2, 0.2)
            lasts_s = abs(across_m - path[-1].across_m) / rng.uniform(0.7, 1.1)
            path.append(Waypoint(path[-1].time_s + max(lasts_s, 1.0), float(across_m), float(next_m)))
        return tuple(path)

    def _sequence(self, times_s: Float64Array, body: Float64Array, visibility: Float64Array) -> PoseSequence:
        return PoseSequence(
            times_s,
            BLAZEPOSE33,
            visibility.astype(np.float32),
            score=np.ones(len(times_s), dtype=np.float32),
            size_wh=self.size_wh,
            **self._landmarks(body),
        )

    def _landmarks(self, body: Float64Array) -> dict[str, Float32Array]:
        """The coordinates of ``body`` (T, 33, 3) for a pose, by field name."""
        hips = body[:, [BLAZEPOSE33.index("left_hip"), BLAZEPOSE33.index("right_hip")]].mean(axis=1)
        offset = body - hips[:, None]
        values = {
            "image_px": self._projected(body),
            "depth_px": offset[..., 2] * (self._focal_px / hips[:, 2:]),
            "world_m": offset * (1.0, -1.0, 1.0),
        }
        return {name: value.astype(np.float32) for name, value in values.items()}

    def _projected(self, body: Float64Array) -> Float64Array:
        """(..., 2) pixels of (..., 3) metres right, up from the ground and away, by a pinhole camera."""
        scale = self._focal_px / body[..., 2]
        across = self.size_wh[0] / 2 + scale * body[..., 0]
        down = self.size_wh[1] / 2 - scale * (body[..., 1] - _CAMERA_UP_M)
        return np.stack([across, down], axis=-1)

    def _figures(self, bodies: list[Float64Array], row: int) -> list[Figure]:
        return [self._figure(person, body[row]) for person, body in enumerate(bodies)]

    def _figure(self, person: int, body: Float64Array) -> Figure:
        away_m = float(body[:, 2].mean())
        return Figure(person, self._projected(body), self._focal_px / away_m, away_m)

    def _visibility(self, bodies: list[Float64Array], times_s: Float64Array) -> Float64Array:
        """(P, T, 33) 1 where the pixel of a landmark shows the person it belongs to."""
        out = np.zeros((len(bodies), len(times_s), len(BLAZEPOSE33)))
        for row in range(len(times_s)):
            figures = self._figures(bodies, row)
            owners = self._owners(figures)
            for figure in figures:
                out[figure.person, row] = _shown(owners, figure)
        return out

    def _owners(self, figures: list[Figure]) -> ImageArray:
        owners = np.zeros(self.size_wh[::-1], dtype=np.uint8)
        paint_owners(owners, figures)
        if self.pillar:
            owners[:, self._pillar_columns] = 0
        return owners


class SyntheticSource(OpenSource):
    """The images of a scene at its own times, or at ``times_s`` (T,) from 0.0 on, strictly increasing.

    The truth is ``scene.recording(source.times_s)``.
    """

    def __init__(self, scene: SyntheticScene, *, times_s: npt.ArrayLike | None = None) -> None:
        self.scene = scene
        self._times_s = scene.times_s if times_s is None else _checked_times(times_s)

    @property
    def name(self) -> str:
        return f"synthetic scene {self.scene.seed}"

    @property
    def size_wh(self) -> tuple[int, int]:
        return self.scene.size_wh

    @property
    def fps(self) -> float | None:
        """Mean frames a second; None where there is only one frame."""
        count = len(self._times_s)
        return (count - 1) / float(self._times_s[-1]) if count > 1 else None

    @property
    def times_s(self) -> Float64Array:
        return self._times_s

    @property
    def keyframes(self) -> IntArray:
        return np.arange(len(self._times_s))

    @property
    def warnings(self) -> tuple[str, ...]:
        return ()

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        last = len(self._times_s) if stop is None else min(stop, len(self._times_s))
        for index in range(start, last):
            time_s = float(self._times_s[index])
            yield Frame.from_rgb(self.scene.image(time_s), index=index, time_s=time_s)


def _checked_times(times_s: npt.ArrayLike) -> Float64Array:
    times = np.array(times_s, dtype=np.float64)
    if times.ndim != 1 or len(times) == 0 or times[0] != 0.0 or not (np.diff(times) > 0).all():
        raise InvalidValueError("times_s must begin with 0.0 and increase strictly")
    times.flags.writeable = False
    return times


def _shown(owners: ImageArray, figure: Figure) -> npt.NDArray[np.bool_]:
    """(33,) whether each landmark is in a pixel of its own person."""
    height, width = owners.shape
    columns, rows = np.floor(figure.image_px).astype(np.int64).T
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    shown = owners[np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)] == figure.person + 1
    return np.asarray(inside & shown)
