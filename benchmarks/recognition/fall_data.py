"""What a model of falls learns from: the movement downwards, at many frame rates, and what is like it but no fall.

A fall is the movement, from its annotated onset until the body has come down. Lying there afterwards is no fall,
nor is a fall run backwards, which is somebody who gets up; both are learned as such. So is everybody who does
something else, forwards and backwards. Stillness before and after is learned in all of them, also of somebody held
in mid-movement, from whichever moment on or up to whichever moment: neither stillness nor a sudden start tells of a
fall.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from benchmarks.recognition import sets
from benchmarks.recognition.variations import (
    Variation,
    at_fps,
    half_dropped,
    held_still,
    last_part_repeated,
    part_of,
    reversed_in_time,
)
from laban.core.clock import WindowSpec
from laban.core.sequence import Recording
from laban.core.spans import Span
from laban.features.spec import FeatureSpec
from laban.models.examples import Examples
from laban.pipeline.dataset import Dataset, ExampleSettings, Recordings
from laban.pipeline.dataset.examples import Gathered, examples_hash, examples_of
from laban.pipeline.dataset.values import Item, whole_clip

NO_FALL = (whole_clip("no_fall"),)
SHARE_OF_FALL = 0.5
"""How much of a fall a window must show to be one."""

_LEAST_S, _MOST_S, _USUAL_S = 0.6, 1.8, 1.2
_COME_DOWN = 0.9
_STILL_S = 1.5
_GOES_AT, _STOPS_AT = (0.25, 0.5, 0.75), (0.4, 0.7)
_BEFORE_ONSET_S, _LEAST_PART_S = 0.4, 0.7
_CALM_KEPT = 2
_LEAST_ROWS = 2

CLOCKS: Mapping[str, Variation] = MappingProxyType(
    {
        "as filmed": lambda one: one,
        "5 fps": lambda one: at_fps(one, 5),
        "2.5 fps": lambda one: at_fps(one, 2.5),
        "half dropped": half_dropped,
    }
)
"""How often frames come, each a further example of the same movement."""

_CALM_CLOCKS = ("as filmed", "5 fps")


def gathered(recordings: Recordings, *, spec: FeatureSpec, clock: WindowSpec) -> Gathered:
    """The windows to learn from: all of falls, and every second one of the rest, of which there are many."""
    dataset = _learned(recordings)
    found = examples_of(
        dataset,
        Recordings(dataset, {}),
        spec=spec,
        clock=clock,
        settings=ExampleSettings(min_overlap=SHARE_OF_FALL),
    )
    examples = _thinned(found.examples)
    return replace(found, examples=examples, data_sha256=examples_hash(examples))


def movement(recording: Recording, onset_s: float) -> Span:
    """The fall that begins at ``onset_s``: until most of the way down is behind, or 1.2 s where nobody saw that."""
    person = max(recording.people.values(), key=lambda one: int(one.seen.sum()))
    depth = _depth(np.asarray(person.image_px, dtype=np.float64))
    since = (person.times_s >= onset_s - 1e-6) & np.isfinite(depth)
    soon = since & (person.times_s <= onset_s + _MOST_S)
    if soon.sum() < _LEAST_ROWS or person.times_s[soon][-1] < onset_s + _LEAST_S:
        return Span(onset_s, onset_s + _USUAL_S, "fall")
    start, lowest = depth[since][0], depth[soon].max()
    down = soon & (depth >= start + _COME_DOWN * (lowest - start))
    lasts_s = float(person.times_s[down][0]) - onset_s if down.any() else _USUAL_S
    return Span(onset_s, onset_s + min(max(lasts_s, _LEAST_S), _MOST_S), "fall")


def onset_of(item: Item) -> float | None:
    """When the fall of a clip begins; None where nobody falls."""
    spans = item.labels.get(sets.FALL.name, ())
    return next((span.start_s for span in spans if span.label == "fall"), None)


def changed(item: Item, recording: Recording, change: Variation, *, name: str, later_s: float = 0.0) -> Item:
    """The clip with its recording changed and its fall as it moves, ``later_s`` later."""
    return _item(item, change(recording), _moved(item, recording, later_s), name)


def _moved(item: Item, recording: Recording, later_s: float) -> tuple[Span, ...]:
    """The labels of a clip, its fall as it moves and ``later_s`` later."""
    onset_s = onset_of(item)
    if onset_s is None:
        return NO_FALL
    fall = movement(recording, onset_s)
    return (replace(fall, start_s=fall.start_s + later_s, end_s=fall.end_s + later_s),)


def _learned(recordings: Recordings) -> Dataset:
    items = [one for item, recording in recordings if recording is not None for one in _ways(item, recording)]
    return replace(recordings.dataset, tasks=(sets.FALL,), items=tuple(items))


def _ways(item: Item, recording: Recording) -> Iterator[Item]:
    falls = onset_of(item) is not None
    for name in CLOCKS if falls else _CALM_CLOCKS:
        yield changed(item, recording, CLOCKS[name], name=name)
    yield changed(item, recording, _still, name="still around", later_s=_STILL_S)
    if not item.clip.group.startswith("subject"):
        return  # of the calm surveillance clips there are enough
    yield from _goes_and_stops(item, recording)
    for name in CLOCKS if falls else _CALM_CLOCKS:
        yield _item(item, CLOCKS[name](reversed_in_time(recording)), NO_FALL, f"backwards, {name}")
        lying = last_part_repeated(recording)
        if falls and lying.people:
            yield _item(item, CLOCKS[name](lying), NO_FALL, f"lying, {name}")
    yield _item(item, _still(reversed_in_time(recording)), NO_FALL, "backwards, still around")


def _goes_and_stops(item: Item, recording: Recording) -> Iterator[Item]:
    """Held in mid-movement: still until a moment before any fall, and still from such a moment on."""
    onset_s, last_s = onset_of(item), float(recording.times_s[-1])
    free_s = last_s if onset_s is None else max(onset_s - _BEFORE_ONSET_S, 0.0)
    for share in _GOES_AT:
        rest = part_of(recording, share * free_s, last_s)
        if _long_enough(rest):
            later_s = _STILL_S - (last_s - rest.duration_s)
            held = held_still(rest, before_s=_STILL_S, after_s=0.0)
            yield _item(item, held, _moved(item, recording, later_s), f"goes at {share:g}")
    for share in _STOPS_AT:
        rest = part_of(recording, 0.0, share * free_s)
        if _long_enough(rest):
            yield _item(
                item, held_still(rest, before_s=0.0, after_s=_STILL_S), NO_FALL, f"stops at {share:g}"
            )


def _long_enough(recording: Recording) -> bool:
    return bool(recording.people) and recording.duration_s >= _LEAST_PART_S


def _still(recording: Recording) -> Recording:
    return held_still(recording, before_s=_STILL_S, after_s=_STILL_S)


def _item(item: Item, recording: Recording, fall: tuple[Span, ...], name: str) -> Item:
    clip = replace(item.clip, name=f"{item.clip.name}, {name}")
    return Item(clip, {sets.FALL.name: fall}, recording=recording, kind="memory")


def _thinned(examples: Examples) -> Examples:
    labels = examples.labels_of(sets.FALL.name)
    fall = labels == sets.FALL.index("fall")
    return examples.take((labels >= 0) & (fall | (np.arange(len(labels)) % _CALM_KEPT == 0)))


def _depth(points: np.ndarray) -> np.ndarray:
    """(T,) how far down the image the middle of the body is; NaN where nobody is seen."""
    known = np.isfinite(points[..., 1])
    total = np.where(known, points[..., 1], 0).sum(axis=1)
    return np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)
