"""The data of a model of fights: surveillance clips, and calm people alone, lying and in company.

In the surveillance clips a lone person is mostly seen in fights in which the other was lost, so that a model of
these clips alone mistakes anyone alone, or lying, for a fighter. The clips of falls show the opposite: nobody
fights in them, alone, lying, still, or with a person from the same subject's other clips added, near and far. Lone
people in windows of fights are left out: they show no fight. A seated person, near and far, is added for tests
only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from benchmarks.recognition import falls, sets
from benchmarks.recognition.variations import Bystander, held_still, last_part_repeated, with_bystander
from laban.core.arrays import BoolArray, Float64Array
from laban.core.clock import WindowSpec
from laban.core.sequence import PoseSequence, Recording
from laban.features.spec import FEATURE_SETS, FeatureSpec
from laban.models.examples import UNLABELLED, Clip, Examples
from laban.pipeline.dataset import Dataset, ExampleSettings, Recordings
from laban.pipeline.dataset.examples import Gathered, examples_hash, examples_of
from laban.pipeline.dataset.values import Item, whole_clip

CALM = (whole_clip("no_fight"),)
GAPS: Mapping[str, float] = MappingProxyType({"touching": 0.25, "near": 0.6, "apart": 1.2, "far": 2.5})
"""The distance of an added person, centre to centre, in heights of the first person."""

_STILL_S = 1.5
_LEAST_IN_COMPANY = 0.3
_MIN_OVERLAP = 0.2
_ADDED_KEPT = 6
_SUBJECT, _FOR_TESTS = "subject", "somebody seated"


def clips() -> Dataset:
    """The surveillance clips, and the clips of falls as clips in which nobody fights."""
    fights, falls = sets.fights(), sets.falls()
    calm = tuple(Item(one.clip, {sets.FIGHT.name: CALM}, path=one.path) for one in falls.items)
    return Dataset("fights_and_calm", falls.root.parent, fights.tasks, (*fights.items, *calm))


def gathered(recordings: Recordings, *, spec: FeatureSpec, clock: WindowSpec) -> Gathered:
    """Every window of every clip, and of variations of the clips of falls."""
    dataset = replace(recordings.dataset, items=tuple(_shown(recordings)))
    return examples_of(
        dataset,
        Recordings(dataset, {}),
        spec=spec,
        clock=clock,
        settings=ExampleSettings(min_overlap=_MIN_OVERLAP),
    )


def to_learn_from(found: Gathered) -> Gathered:
    """The windows to learn from."""
    examples = found.examples.take(learned(found.examples))
    return replace(found, examples=examples, data_sha256=examples_hash(examples))


def learned(examples: Examples) -> BoolArray:
    """(N,) which windows are learned from: no lone fighter, and of the calm clips of falls, of which there are
    many, every sixth."""
    labels = examples.labels_of(sets.FIGHT.name)
    lone_fighter = (labels == sets.FIGHT.index("fight")) & ~in_company(examples)
    extra = np.array([added(clip) for clip in examples.clips])[examples.clip]
    test = np.array([_FOR_TESTS in clip.name for clip in examples.clips])[examples.clip]
    kept = ~extra | (np.arange(len(labels)) % _ADDED_KEPT == 0)
    return np.asarray((labels != UNLABELLED) & ~lone_fighter & kept & ~test)


def added(clip: Clip) -> bool:
    """Whether a clip is one of falls rather than of surveillance."""
    return clip.group.startswith(_SUBJECT)


def beside(recording: Recording, sequence: PoseSequence, *, gap: float) -> Recording:
    """The recording with ``sequence`` in it, as tall as the most seen person, and ``gap`` of their heights away."""
    if recording.size_wh is None:
        return recording
    low, high = _extent(most_seen(recording))
    width, height = recording.size_wh
    tall = float((high - low).max())
    middle = (low[0] + high[0]) / 2
    side = 1.0 if middle < width / 2 else -1.0
    place = Bystander(sequence, (middle + side * gap * tall) / width, high[1] / height, tall / height)
    return with_bystander(recording, place)


def most_seen(recording: Recording) -> PoseSequence:
    """The person seen in most frames."""
    return max(recording.people.values(), key=lambda one: int(one.seen.sum()))


def _shown(recordings: Recordings) -> Iterator[Item]:
    held = [(item, recording) for item, recording in recordings if recording is not None]
    of_subjects = [one for one in held if added(one[0].clip)]
    for item, recording in held:
        yield _item(item, recording, "as filmed")
        if added(item.clip):
            yield from _ways(item, recording, of_subjects)


def _ways(item: Item, recording: Recording, others: list[tuple[Item, Recording]]) -> Iterator[Item]:
    yield _item(item, held_still(recording, before_s=_STILL_S, after_s=_STILL_S), "still around")
    lying = last_part_repeated(recording)
    if lying.people:
        yield _item(item, lying, "last moments again")
    same = [one for one in others if one[0].clip.group == item.clip.group]
    place = [one.clip.name for one, _ in same].index(item.clip.name)
    for step, (name, gap) in enumerate(GAPS.items(), start=1):
        other = same[(place + step) % len(same)][1]
        if other.people and recording.people:
            yield _item(item, beside(recording, most_seen(other), gap=gap), f"somebody {name}")
    seated = next(one for one in same if one[0].clip.name.endswith(falls.SEATED[item.clip.group]))[1]
    for name, spot in falls.PLACES.items():
        place_of = Bystander(most_seen(seated), *spot)
        yield _item(item, with_bystander(recording, place_of), f"{_FOR_TESTS} {name}")


def _item(item: Item, recording: Recording, name: str) -> Item:
    """``Item`` in memory; the name of a surveillance clip stays as it is."""
    clip = replace(item.clip, name=f"{item.clip.name}, {name}" if added(item.clip) else item.clip.name)
    return Item(clip, item.labels, recording=recording, kind="memory")


def in_company(examples: Examples) -> BoolArray:
    """(N,) whether another person is present in enough rows of a window."""
    pairs = [block for block in examples.spec.blocks if FEATURE_SETS[block.name].of_pair]
    known = np.concatenate(
        [np.isfinite(examples.values[..., one.start : one.stop]) for one in pairs], axis=2
    ).any(axis=2)
    return np.asarray(known.mean(axis=1) >= _LEAST_IN_COMPANY)


def _extent(sequence: PoseSequence) -> tuple[Float64Array, Float64Array]:
    """The usual least and greatest x and y of a body in the image."""
    points = np.asarray(sequence.image_px, dtype=np.float64)[np.asarray(sequence.seen)]
    return np.median(np.nanmin(points, axis=1), axis=0), np.median(np.nanmax(points, axis=1), axis=0)
