"""Synthetic scenes of people who cross each other, with true identities, as input of a tracker.

People of 1.5 to 1.95 m walk, stop, turn back and cross in front of a pinhole camera. The poses
have the errors of real networks: landmarks jitter, bodies are missed, left and right are exchanged, chairs are
mistaken for people, and a person behind another body or a pillar is not seen at all; half of the times
somebody is hidden, the network finds the front person a second time instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from laban.core.skeleton import BLAZEPOSE33
from laban.sources.figure import Build, walking_body

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SIZE_WH = (1280, 720)
RATE_HZ = 25.0
HIDDEN_SHARE = 0.6
MAX_HIDDEN_S = 1.75
_FOCAL_PX, _CAMERA_M = 1100.0, 1.4
_MAIN = np.array([0, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28])
_CLOTHES = 64
_GLIMPSE = 8
_MEAN_HEIGHT_M, _TORSO_M, _SCALE_ERROR = 1.72, 0.5, 0.05


@dataclass(frozen=True, eq=False)
class Seen:
    """One body that the network gives: ``of`` the person whose body it is (None for a chair), ``looked_for`` the
    person in whose region it was found; metres as of a person of mean height, as networks assume for everybody."""

    image_px: Array
    world_m: Array
    visibility: Array
    score: float
    clothes: Array
    of: int | None
    looked_for: int | None


@dataclass(frozen=True, eq=False)
class Scene:
    """``image_px`` (P, T, 33, 2) the truth; ``visible`` (P, T) whether the camera can see the person; ``seen`` what
    the network gives of every frame."""

    times_s: Array
    image_px: Array
    visible: Mask
    seen: list[list[Seen]]


@dataclass(frozen=True, eq=False)
class _Walk:
    """(T, 33, 2) pixels, (T,) depth in metres, (T, 33, 3) metres from mid-hip, as of a person of mean height."""

    image_px: Array
    depth_m: Array
    metres: Array


@dataclass(frozen=True, eq=False)
class _Network:
    """``jitter`` in torso lengths of the pixels; the metres err by as much, and by a scale of their own."""

    rng: np.random.Generator
    metres_rng: np.random.Generator
    jitter: float


def make_scene(seed: int, *, people: int, seconds: float = 20.0, alike: bool = False) -> Scene:
    """A scene drawn from ``seed``; ``alike`` gives everybody the same build and similar clothes."""
    rng = np.random.default_rng([seed, people])
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    pillar = rng.random() < 0.5
    walks: list[_Walk] = []
    for person, build in enumerate(_builds(rng, people, alike=alike)):
        while True:
            walk = _walk(rng, times_s, build, lane=person)
            visible = _visible(*_stacked([*walks, walk])[:2], pillar=pillar)
            if _longest_hidden_s(visible) <= MAX_HIDDEN_S:
                walks.append(walk)
                break
    truth, far, metres = _stacked(walks)
    visible = _visible(truth, far, pillar=pillar)
    wardrobe = _wardrobe(rng, people, alike=alike)
    network = _Network(rng, np.random.default_rng([seed, people, 1]), rng.uniform(0.01, 0.03))
    return Scene(times_s, truth, visible, _given(network, truth, far, metres, visible, wardrobe))


def longest_gaps_s(scene: Scene) -> list[float]:
    """How long each person is hidden each time, in seconds."""
    return [length / RATE_HZ for one in scene.visible for length in _runs(~one)]


def _builds(rng: np.random.Generator, people: int, *, alike: bool) -> list[Build]:
    return [Build.drawn(rng)] * people if alike else [Build.drawn(rng) for _ in range(people)]


def _walk(rng: np.random.Generator, times_s: Array, build: Build, *, lane: int) -> _Walk:
    """A person who mostly keeps crossing the image."""
    place = _path(rng, times_s, near_m=4.0 + 0.8 * lane)
    step = np.gradient(place, 1 / RATE_HZ, axis=0)
    speed = np.linalg.norm(step, axis=1)
    facing = _facing(step, speed, start=rng.uniform(-np.pi, np.pi))
    world = _figure(build, speed, phase=rng.uniform(0, 2 * np.pi))
    forward = np.stack([np.sin(facing), np.cos(facing)], axis=1)
    left = np.stack([-np.cos(facing), np.sin(facing)], axis=1)
    x = place[:, None, 0] + world[..., 0] * left[:, None, 0] + world[..., 2] * forward[:, None, 0]
    z = place[:, None, 1] + world[..., 0] * left[:, None, 1] + world[..., 2] * forward[:, None, 1]
    across = SIZE_WH[0] / 2 + _FOCAL_PX * x / z
    down = SIZE_WH[1] / 2 - _FOCAL_PX * (world[..., 1] - _CAMERA_M) / z
    metres = np.stack([x, -world[..., 1], z], axis=2) * (_MEAN_HEIGHT_M / build.height_m)
    metres -= metres[:, 23:25].mean(axis=1, keepdims=True)
    return _Walk(np.stack([across, down], axis=2), place[:, 1], metres)


def _stacked(walks: Sequence[_Walk]) -> tuple[Array, Array, Array]:
    return (
        np.stack([one.image_px for one in walks]),
        np.stack([one.depth_m for one in walks]),
        np.stack([one.metres for one in walks]),
    )


def _path(rng: np.random.Generator, times_s: Array, *, near_m: float) -> Array:
    """(T, 2) metres across and away: to the other side, to the middle and back, or a stop in the middle."""
    knots, now_s, side = [], 0.0, rng.choice([-1.0, 1.0])
    at = np.array([side * 0.4 * near_m * rng.uniform(0.6, 1.0), near_m + rng.uniform(-0.6, 0.6)])
    knots.append((now_s, at))
    while now_s < times_s[-1]:
        what, target_z = rng.random(), near_m + rng.uniform(-1.2, 1.2)
        if what < 0.6:
            side = -side
        x = side * 0.4 * near_m * rng.uniform(0.6, 1.0) if what < 0.6 else rng.uniform(-0.4, 0.4)
        if what > 0.8:
            side = -side
        target = np.array([x, max(target_z, 3.2)])
        now_s += max(float(np.linalg.norm(target - at)) / rng.uniform(0.6, 1.6), 0.4)
        knots.append((now_s, target))
        at = target
        if rng.random() < 0.35:
            now_s += rng.uniform(0.3, 1.5)
            knots.append((now_s, target))
    knot_s = np.array([one for one, _ in knots])
    raw = np.stack([np.interp(times_s, knot_s, [one[axis] for _, one in knots]) for axis in (0, 1)], axis=1)
    return _smooth(raw, sigma=0.2 * RATE_HZ)


def _facing(step: Array, speed: Array, *, start: float) -> Array:
    """(T,) radians, 0 away from the camera: the walking direction; kept while standing."""
    raw = np.empty(len(speed))
    angle = start
    for row in range(len(speed)):
        if speed[row] > 0.25:
            angle = float(np.arctan2(step[row, 0], step[row, 1]))
        raw[row] = angle
    return _smooth(np.asarray(np.unwrap(raw)[:, None], dtype=np.float64), sigma=0.2 * RATE_HZ)[:, 0]


def _smooth(values: Array, *, sigma: float) -> Array:
    half = int(4 * sigma)
    kernel = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma) ** 2)
    padded = np.pad(values, ((half, half), (0, 0)), mode="edge")
    columns = [np.convolve(padded[:, c], kernel / kernel.sum(), mode="valid") for c in range(values.shape[1])]
    return np.stack(columns, axis=1)


def _figure(build: Build, speed: Array, *, phase: float) -> Array:
    """(T, 33, 3) metres: left, up, forward, on the ground below the hips, in a walk of the given speed."""
    stride = phase + 2 * np.pi * np.cumsum(0.55 * np.minimum(speed, 1.7) ** 0.5) / RATE_HZ
    return walking_body(build, stride_rad=stride, swing_rad=0.5 * np.minimum(speed, 1.2) / 1.2)


def _outline(image_px: Array) -> tuple[Array, Array]:
    """(..., 2) corners of what a body covers: from head to feet, a little narrower than its reach."""
    joints = image_px[..., _MAIN, :]
    low, high = joints.min(axis=-2), joints.max(axis=-2)
    middle, half = (low + high) / 2, (high - low) / 2
    tall = half[..., 1]
    half[..., 0] = np.minimum(np.maximum(half[..., 0], 0.16 * tall), 0.3 * tall)
    return middle - half, middle + half


def _visible(image_px: Array, depth_m: Array, *, pillar: bool) -> Mask:
    """(P, T) whether less than most of the main joints are behind somebody nearer, or behind the pillar."""
    people, frames = depth_m.shape
    hidden = np.zeros((people, frames, len(_MAIN)), dtype=bool)
    low, high = _outline(image_px)
    for back in range(people):
        points = image_px[back][:, _MAIN]
        for front in range(people):
            inside = ((points > low[front][:, None]) & (points < high[front][:, None])).all(axis=2)
            hidden[back] |= inside & (depth_m[front] < depth_m[back])[:, None]
        if pillar:
            hidden[back] |= np.abs(points[..., 0] - 0.42 * SIZE_WH[0]) < 75
    nose_and_hip = image_px[:, :, [0, 23]]
    within = np.all((nose_and_hip > 0) & (nose_and_hip < np.array(SIZE_WH)), axis=(2, 3))
    return np.asarray((hidden.mean(axis=2) < HIDDEN_SHARE) & within)


def _runs(mask: Mask) -> list[int]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    return [int(length) for length in edges[1::2] - edges[::2]]


def _longest_hidden_s(visible: Mask) -> float:
    """The longest time without a person in view; short glimpses do not count."""
    visible = np.stack([_without_glimpses(one) for one in visible])
    return max((length for one in visible for length in _runs(~one)), default=0) / RATE_HZ


def _without_glimpses(mask: Mask) -> Mask:
    out, edges = mask.copy(), np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    for start, stop in edges.reshape(-1, 2):
        if stop - start < _GLIMPSE:
            out[start:stop] = False
    return out


def _given(
    network: _Network, truth: Array, depth_m: Array, metres: Array, visible: Mask, wardrobe: Array
) -> list[list[Seen]]:
    rng, (people, frames) = network.rng, visible.shape
    doubles = _episodes(rng, ~visible, share=0.5)
    missed = _missed(rng, visible)
    chairs = _chairs(rng, frames, truth, metres)
    out = []
    for frame in range(frames):
        bodies = []
        for person in range(people):
            of = person if visible[person, frame] else _front_of(truth, depth_m, visible, person, frame)
            if missed[person, frame] or of is None or (of != person and not doubles[person, frame]):
                continue
            mixed = _mixed_clothes(wardrobe, truth[:, frame], depth_m[:, frame], of)
            pose = (truth[of, frame], metres[of, frame])
            bodies.append(_body(network, pose, mixed, of=of, looked_for=person))
        for start, stop, chair in chairs:
            if start <= frame < stop:
                bodies.append(_chair(network, chair))
        out.append([bodies[index] for index in rng.permutation(len(bodies))])
    return out


def _wardrobe(rng: np.random.Generator, people: int, *, alike: bool) -> Array:
    one = rng.dirichlet(np.full(_CLOTHES, 0.08))
    own = rng.dirichlet(np.full(_CLOTHES, 0.08), size=people)
    return 0.5 * one + 0.5 * own if alike else own


def _episodes(rng: np.random.Generator, mask: Mask, *, share: float) -> Mask:
    """Of the runs of True in each row, each one kept or cleared as a whole."""
    out = np.zeros_like(mask)
    for row, one in enumerate(mask):
        starts = np.flatnonzero(one & ~np.concatenate([[False], one[:-1]]))
        for start, length in zip(starts, _runs(one), strict=True):
            out[row, start : start + length] = rng.random() < share
    return out


def _missed(rng: np.random.Generator, visible: Mask) -> Mask:
    """One in twenty visible bodies, in runs of three on average, and up to 0.2 s after each time out of sight."""
    out = np.zeros_like(visible)
    for row, one in enumerate(visible):
        for frame in range(1, len(one)):
            out[row, frame] = rng.random() < (2 / 3 if out[row, frame - 1] else 0.05 / 3 / 0.95)
        for back in np.flatnonzero(one[1:] & ~one[:-1]) + 1:
            out[row, back : back + int(rng.integers(0, 6))] = True
    return np.asarray(out & visible)


def _front_of(truth: Array, depth_m: Array, visible: Mask, person: int, frame: int) -> int | None:
    """The visible person nearest in the image to somebody who is hidden, if near enough to be mistaken."""
    hip = truth[:, frame, 23:25].mean(axis=1)
    tall = np.ptp(truth[person, frame, :, 1])
    others = [
        one
        for one in range(len(truth))
        if visible[one, frame] and depth_m[one, frame] < depth_m[person, frame]
    ]
    near = [(float(np.linalg.norm(hip[one] - hip[person])), one) for one in others]
    distance, nearest = min(near, default=(np.inf, -1))
    return nearest if distance < 0.25 * tall else None


def _mixed_clothes(wardrobe: Array, image_px: Array, depth_m: Array, of: int) -> Array:
    """The appearance measured on a torso: partly that of people in front of it."""
    low, high = _outline(image_px)
    torso = image_px[of, [11, 12, 23, 24]]
    mixed = wardrobe[of]
    for front in np.flatnonzero(depth_m < depth_m[of]):
        share = float(((torso > low[front]) & (torso < high[front])).all(axis=1).mean())
        mixed = (1 - share) * mixed + share * wardrobe[front]
    return np.asarray(mixed)


def _body(network: _Network, pose: tuple[Array, Array], clothes: Array, *, of: int, looked_for: int) -> Seen:
    rng = network.rng
    if rng.random() < 0.01:
        pose = (pose[0][BLAZEPOSE33.flip], pose[1][BLAZEPOSE33.flip])
    worn = rng.multinomial(100, clothes) / 100
    score = float(rng.uniform(0.8, 1.0))
    spoilt = _spoilt(network, pose, network.jitter)
    return Seen(*spoilt, np.full(33, 0.9), score, worn, of, looked_for)


def _spoilt(network: _Network, pose: tuple[Array, Array], jitter: float) -> tuple[Array, Array]:
    image_px, metres = pose
    torso = float(np.linalg.norm(image_px[11:13].mean(axis=0) - image_px[23:25].mean(axis=0)))
    moved_px = image_px + network.rng.normal(scale=jitter * torso, size=image_px.shape)
    moved_m = metres + network.metres_rng.normal(scale=jitter * _TORSO_M, size=metres.shape)
    return moved_px, moved_m * np.exp(network.metres_rng.normal(scale=_SCALE_ERROR))


def _chairs(
    rng: np.random.Generator, frames: int, truth: Array, metres: Array
) -> list[tuple[int, int, tuple[Array, Array]]]:
    """About one false body every eight seconds, for 0.04 to 0.6 s: some standing free, some beside a person."""
    out = []
    for _ in range(rng.poisson(frames / RATE_HZ / 8)):
        start, lasts = int(rng.integers(0, frames)), int(rng.integers(1, 16))
        like = rng.integers(len(truth))
        pose = truth[like, start]
        shift = (
            rng.uniform(-400, 400, size=2) * (1.0, 0.2)
            if rng.random() < 0.5
            else rng.uniform(-40, 40, size=2)
        )
        centre = pose.mean(axis=0)
        moved = centre + (pose - centre) * rng.uniform(0.6, 1.0) + shift
        out.append((start, start + lasts, (moved, metres[like, start])))
    return out


def _chair(network: _Network, pose: tuple[Array, Array]) -> Seen:
    rng = network.rng
    clothes = rng.dirichlet(np.full(_CLOTHES, 0.1))
    visibility = rng.uniform(0.2, 0.7, size=33)
    score = float(rng.uniform(0.5, 0.75))
    return Seen(*_spoilt(network, pose, 2 * network.jitter), visibility, score, clothes, None, None)
