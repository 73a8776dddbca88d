"""Detection of people in the sample clips and in surveillance footage, compared with manual labels.

    python -m benchmarks.people [--only clips fights]

prints JSON. ``truth/`` holds, of evenly or randomly sampled frames, a box for everybody to be seen, so that the
same truth applies to any version of the engine; the rule is in ``people_scores``. Every clip is run whole, at its
own frame rate, through the streaming engine; the counts are those of the sampled frames, the shares of all of them.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT
from benchmarks.people_scores import Counts, Found, Truth, count, found_in
from benchmarks.rows import Row, row
from laban.assets import asset_path
from laban.pipeline.recording.prefetch import prefetched
from laban.pose.blazepose.engine import BlazePoseEngine, EngineSettings
from laban.pose.blazepose.weights import load_weights
from laban.sources import open_source

CLIPS = ("demo", *(f"multi_person_cam0{number}" for number in (1, 2, 3, 4)))
DETECTORS = ("yolox", "blazepose")
FIGHTS = ROOT.parent / "shared" / "data" / "fights" / "fight"
TRUTH = ROOT / "benchmarks" / "truth"
_CLIP_TARGETS = {"yolox": (95, 1)}
_FIGHT_TARGETS = {"yolox": (92, 70, 3), "blazepose": (87, 36, 8)}


@dataclass(frozen=True, eq=False)
class Watched:
    """A clip run through an engine: how many were found in each frame, and who in the frames that were sampled."""

    people_per_frame: tuple[int, ...]
    found: Mapping[int, Sequence[Found]]


@dataclass(frozen=True, eq=False)
class Seen:
    """Manual labels: the size of the images and the people in each sampled frame."""

    size_wh: tuple[int, int]
    frames: Mapping[int, Sequence[Truth]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("clips", "fights"), nargs="*", default=("clips", "fights"))
    parts = {"clips": clip_rows, "fights": fight_rows}
    print(json.dumps([line for name in parser.parse_args().only for line in parts[name]()], indent=1))


def rows() -> list[Row]:
    """The lines about the sample clips and about the fights."""
    return clip_rows() + fight_rows()


def clip_rows() -> list[Row]:
    """Recall and ghosts in ``demo.mp4`` and the multi-person clips; the targets are those of the default, yolox."""
    return [line for detector in DETECTORS for line in _clip_rows(detector)]


def fight_rows() -> list[Row]:
    """Shares of all frames with one and with two people, and ghosts on a sampled frame of each clip."""
    if not FIGHTS.is_dir():
        print(f"no surveillance clips in {FIGHTS}: left out", file=sys.stderr)
        return []
    return [line for detector in DETECTORS for line in _fight_rows(detector)]


def load_clip(path: Path) -> Seen:
    """The truth about one sample clip."""
    content = json.loads(path.read_text())
    frames = {int(index): _people(people) for index, people in content["frames"].items()}
    return Seen(tuple(content["size_wh"]), frames)


def load_fights(path: Path) -> dict[str, Seen]:
    """The truth about the surveillance clips, by the names of their files."""
    clips = json.loads(path.read_text())["clips"]
    return {
        name: Seen(tuple(one["size_wh"]), {one["frame"]: _people(one["people"])})
        for name, one in clips.items()
    }


class _Engine:
    """Engines of one detector, of networks that are read once."""

    def __init__(self, detector: str) -> None:
        # More threads than one change the time it takes, not the answer.
        self._settings = EngineSettings(detector=detector, threads=os.cpu_count() or 1)
        self._weights = load_weights(
            model=self._settings.model, detector=detector, precision=self._settings.precision
        )

    def watch(self, video: Path, *, wanted: Mapping[int, Any]) -> Watched:
        """Runs a whole clip; keeps who was found in the ``wanted`` frames."""
        people, found = [], {}
        with (
            BlazePoseEngine(self._settings, weights=self._weights) as engine,
            open_source(video) as source,
            prefetched(source.frames(), depth=6) as frames,
        ):
            for frame, poses in engine.run(frames):
                people.append(len(poses))
                if frame.index in wanted:
                    found[frame.index] = [found_in(pose, size_wh=frame.size_wh) for pose in poses]
        return Watched(tuple(people), found)


def _clip_rows(detector: str) -> list[Row]:
    engine = _Engine(detector)
    clips = {clip: _clip_figures(engine, clip) for clip in CLIPS}
    total = sum((one["counts"] for one in clips.values()), Counts())
    details = {clip: _details(one) for clip, one in clips.items()}
    recall, ghosts = _CLIP_TARGETS.get(detector, (None, None))
    found = f"people found in the sample clips, {detector}"
    return [
        row(found, 100 * total.recall, "%", at_least=recall, clips=details),
        row(f"ghosts in the sample clips, {detector}", 100 * total.ghost_share, "%", at_most=ghosts),
    ]


def _fight_rows(detector: str) -> list[Row]:
    engine, truth = _Engine(detector), load_fights(TRUTH / "fights_people.json")
    watched = {name: engine.watch(FIGHTS / f"{name}.mp4", wanted=seen.frames) for name, seen in truth.items()}
    people = [number for clip in watched.values() for number in clip.people_per_frame]
    counts = {name: _counts(clip, truth[name]) for name, clip in watched.items()}
    total = sum(counts.values(), Counts())
    with_ghosts = [name for name, one in counts.items() if one.ghosts]
    one, two, ghosts = _FIGHT_TARGETS[detector]
    return [
        row(
            f"fight frames with a person, {detector}",
            _share(people, 1),
            "%",
            at_least=one,
            frames=len(people),
        ),
        row(f"fight frames with two people, {detector}", _share(people, 2), "%", at_least=two),
        row(
            f"ghosts in fights, {detector}",
            100 * total.ghost_share,
            "%",
            at_most=ghosts,
            found=total.found,
            ghosts=total.ghosts,
            clips_with_ghosts=with_ghosts,
        ),
        row(f"people found in fights, {detector}", 100 * total.recall, "%", wanted=total.wanted),
    ]


def _clip_figures(engine: _Engine, clip: str) -> dict[str, Any]:
    truth = load_clip(TRUTH / f"{clip}.json")
    watched = engine.watch(asset_path(clip), wanted=truth.frames)
    return {
        "counts": _counts(watched, truth),
        "with_hard": _counts(watched, truth, with_hard=True),
        "most_at_once": max(watched.people_per_frame),
    }


def _counts(watched: Watched, truth: Seen, *, with_hard: bool = False) -> Counts:
    height = truth.size_wh[1]
    each = [
        count(people, watched.found[index], height_px=height, with_hard=with_hard)
        for index, people in truth.frames.items()
    ]
    return sum(each, Counts())


def _details(figures: Mapping[str, Any]) -> dict[str, Any]:
    counts = figures["counts"]
    return {
        "recall": round(counts.recall, 4),
        "recall_with_hard": round(figures["with_hard"].recall, 4),
        "wanted": counts.wanted,
        "found": counts.found,
        "ghosts": counts.ghosts,
        "most_at_once": figures["most_at_once"],
    }


def _people(entries: Sequence[Mapping[str, Any]]) -> list[Truth]:
    return [Truth(one["person"], tuple(one["box_xyxy_px"]), one["kind"]) for one in entries]


def _share(people: Sequence[int], least: int) -> float:
    return 100 * sum(number >= least for number in people) / len(people)


if __name__ == "__main__":
    main()
