"""Identity: Laban's tracker compared with a plain one, on generated crossings and occlusions.

    python -m benchmarks.identity

prints JSON. Seeds 0 to 19 served to develop the tracker; seeds 100 to 139 were kept apart. Every scene is run with
and without appearance features; in half of the scenes all have one build and similar clothes. ``idf1`` counts
everybody whose body was given to the tracker; ``idf1_with_misses`` also those whom the camera could see and the
network missed (one in twenty and more), which no tracker that invents no bodies can reach.
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.identity_scenes import RATE_HZ, Scene, Seen, longest_gaps_s, make_scene
from benchmarks.identity_scores import Pairs, Scores, score
from benchmarks.rows import Row, row
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.pose.tracking import Observation, Tracker

DEVELOPMENT = range(20)
HELD_OUT = range(100, 140)
_SAME_BODY = 0.5
_GHOST_S = 0.3
_TARGET = 0.97

Given = list[tuple[int, int, Any]]
"""One result of a frame: id, position of its body, landmarks (33, 2)."""
Follow = Callable[[Scene, bool], list[Given]]


def run() -> dict[str, Any]:
    """The metrics of both sets of scenes, and the time per frame."""
    return {
        "development": _figures(DEVELOPMENT),
        "held_out": _figures(HELD_OUT),
        "tracker_ms_per_frame": {str(people): _milliseconds(people) for people in (2, 6)},
    }


def rows() -> list[Row]:
    """IDF1 on the scenes kept apart, and how long the tracker takes."""
    apart = {"scenes of different people": [], "scenes of people alike": []}  # type: dict[str, list[int]]
    for seed in HELD_OUT:
        apart["scenes of people alike" if _is_alike(seed) else "scenes of different people"].append(seed)
    made = [_idf1_row(f"identity, {name}", seeds, at_least=_TARGET) for name, seeds in apart.items()]
    made.append(_idf1_row("identity, all scenes", HELD_OUT))
    made.append(row("tracker, a frame of one person", _milliseconds(1), "ms"))
    made.append(row("tracker, a frame of six people", _milliseconds(6), "ms"))
    return made


def people_in(seed: int) -> int:
    """2 to 6."""
    return 2 + seed % 5


@cache
def scene_of(seed: int) -> Scene:
    """The scene of a seed; every other five are of people alike."""
    return make_scene(seed, people=people_in(seed), alike=_is_alike(seed))


def _is_alike(seed: int) -> bool:
    return seed // 5 % 2 == 1


def _idf1_row(what: str, seeds: Iterable[int], *, at_least: float | None = None) -> Row:
    scenes = [scene_of(seed) for seed in seeds]
    figures: dict[str, Any] = {
        name: _summary(scenes, follow, with_appearance=True)
        for name, follow in (("laban", follow_with_laban), ("greedy_overlap", follow_by_overlap))
    }
    idf1 = figures["laban"]["idf1"]
    return row(f"{what}, IDF1", idf1, "", at_least=at_least, scenes=len(scenes), **figures)


def follow_with_laban(scene: Scene, with_appearance: bool) -> list[Given]:
    """The tracker's results; each body is hinted with the last id of the person it was predicted for."""
    tracker, out = Tracker(), []
    hints: dict[Any, int] = {}
    for time_s, bodies in zip(scene.times_s, scene.seen, strict=True):
        observations = [_observation(one, hints, with_appearance=with_appearance) for one in bodies]
        tracked = tracker.update(observations, time_s=float(time_s))
        hints = {bodies[one.observation].looked_for: one.person for one in tracked}
        out.append([(one.person, one.observation, one.pose.image_px) for one in tracked])
    return out


def follow_by_overlap(scene: Scene, with_appearance: bool) -> list[Given]:  # noqa: ARG001
    """A plain tracker: boxes that overlap most are the same person, as long as it was seen in the last 2 s."""
    boxes: dict[int, tuple[float, Any]] = {}
    next_id, out = 0, []
    for time_s, bodies in zip(scene.times_s, scene.seen, strict=True):
        boxes = {person: box for person, box in boxes.items() if time_s - box[0] <= 2.0}
        now = [np.concatenate([one.image_px.min(axis=0), one.image_px.max(axis=0)]) for one in bodies]
        ranked = sorted(
            (
                (_overlap(box, now[index]), person, index)
                for person, (_, box) in boxes.items()
                for index in range(len(now))
            ),
            reverse=True,
        )
        ids: dict[int, int] = {}
        for overlap, person, index in ranked:
            if overlap >= 0.3 and index not in ids and person not in ids.values():
                ids[index] = person
        for index in range(len(bodies)):
            if index not in ids:
                ids[index] = next_id
                next_id += 1
            boxes[ids[index]] = (float(time_s), now[index])
        out.append([(person, index, bodies[index].image_px) for index, person in sorted(ids.items())])
    return out


def evaluate(scene: Scene, given: Sequence[Given], *, count_misses: bool = False) -> Scores:
    """The scores of a tracker's results; bodies match within half a torso length."""
    truths, pairs = [], []
    for frame, bodies in enumerate(scene.seen):
        visible = set(np.flatnonzero(scene.visible[:, frame]).tolist())
        people = sorted(
            visible if count_misses else visible & {one.of for one in bodies if one.of is not None}
        )
        truths.append(people)
        pairs.append(_pairs(scene, frame, people, given[frame]))
    return score(truths, [[person for person, _, _ in frame] for frame in given], pairs)


def without_ghosts(given: Sequence[Given]) -> list[Given]:
    """Without ids of less than 0.3 s, as in the offline pipeline."""
    ids, counts = np.unique([one[0] for frame in given for one in frame], return_counts=True)
    real = set(ids[counts >= _GHOST_S * RATE_HZ].tolist())
    return [[one for one in frame if one[0] in real] for frame in given]


def _figures(seeds: Iterable[int]) -> dict[str, Any]:
    scenes = [scene_of(seed) for seed in seeds]
    gaps = np.array([gap for scene in scenes for gap in longest_gaps_s(scene)])
    return {
        "scenes": len(scenes),
        "occlusions": len(gaps),
        "occlusions_over_1_s": int((gaps > 1).sum()),
        "laban": _summary(scenes, follow_with_laban, with_appearance=True),
        "laban_without_appearance": _summary(scenes, follow_with_laban, with_appearance=False),
        "greedy_overlap": _summary(scenes, follow_by_overlap, with_appearance=False),
    }


def _summary(scenes: Sequence[Scene], follow: Follow, *, with_appearance: bool) -> dict[str, Any]:
    given = [follow(scene, with_appearance) for scene in scenes]
    streaming = [evaluate(*one) for one in zip(scenes, given, strict=True)]
    offline = [evaluate(scene, without_ghosts(one)) for scene, one in zip(scenes, given, strict=True)]
    strict = [evaluate(scene, one, count_misses=True) for scene, one in zip(scenes, given, strict=True)]
    total = sum(streaming, Scores())
    return {
        "idf1": round(total.idf1, 4),
        "idf1_offline": round(sum(offline, Scores()).idf1, 4),
        "idf1_with_misses": round(sum(strict, Scores()).idf1, 4),
        "idf1_worst_scene": round(min(one.idf1 for one in streaming), 4),
        "switches": total.switches,
        "mota": round(total.mota, 4),
    }


def _observation(seen: Seen, hints: dict[Any, int], *, with_appearance: bool) -> Observation:
    pose = Pose(
        BLAZEPOSE33,
        seen.image_px.astype(np.float32),
        seen.visibility.astype(np.float32),
        world_m=seen.world_m.astype(np.float32),
        score=seen.score,
    )
    hint = None if seen.looked_for is None else hints.get(seen.looked_for)
    return Observation(pose, seen.clothes.astype(np.float32) if with_appearance else None, hint)


def _pairs(scene: Scene, frame: int, people: Sequence[int], given: Given) -> Pairs:
    if not people or not given:
        return []
    true = scene.image_px[people, frame]
    torso = np.linalg.norm(true[:, 11:13].mean(axis=1) - true[:, 23:25].mean(axis=1), axis=1)
    poses = np.stack([np.asarray(pose, dtype=np.float64) for _, _, pose in given])
    flipped = poses[:, BLAZEPOSE33.flip]
    apart = [np.linalg.norm(true[:, None] - one[None], axis=3).mean(axis=2) for one in (poses, flipped)]
    cost = np.minimum(*apart) / torso[:, None]
    rows, columns = linear_sum_assignment(np.minimum(cost, _SAME_BODY))
    return [
        (people[row], given[column][0])
        for row, column in zip(rows, columns, strict=True)
        if cost[row, column] < _SAME_BODY
    ]


def _overlap(one: Any, other: Any) -> float:
    side = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    shared = float(np.prod(np.maximum(side, 0)))
    return shared / (float(np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2])) - shared)


def _milliseconds(people: int) -> float:
    """Median time of one frame, observations made beforehand."""
    scene, tracker, spent = make_scene(7, people=people), Tracker(), []
    for time_s, bodies in zip(scene.times_s, scene.seen, strict=True):
        observations = [_observation(one, {}, with_appearance=True) for one in bodies]
        start = time.perf_counter()
        tracker.update(observations, time_s=float(time_s))
        spent.append(time.perf_counter() - start)
    return round(1000 * float(np.median(spent)), 3)


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
