"""The audit of a dataset: faults that spoil models or make metrics too optimistic."""

from collections import Counter
from collections.abc import Iterator, Sequence

from laban.core.clock import WindowSpec
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.examples import Examples
from laban.pipeline.dataset.checks import CHECKS, of_one_movement
from laban.pipeline.dataset.duplicates import NearDuplicate, near_duplicates
from laban.pipeline.dataset.examples import examples_of
from laban.pipeline.dataset.facts import Facts, facts_of
from laban.pipeline.dataset.findings import SEVERITIES, AuditSettings, Finding
from laban.pipeline.dataset.label_errors import ClipLabelError, clip_doubts
from laban.pipeline.dataset.one_source import one_source
from laban.pipeline.dataset.recordings import Recordings
from laban.pipeline.dataset.similar_labels import SimilarLabels, similar_labels
from laban.pipeline.dataset.used import shrunk, used_clips
from laban.pipeline.dataset.values import Dataset


def audit(
    dataset: Dataset, recordings: Recordings, *, settings: AuditSettings | None = None
) -> tuple[Finding, ...]:
    """All findings, the most severe first: exact and near duplicates, groups in several parts of a split, clips
    that seem to come from one source but are in different groups, clips without people, mixed frame rates and
    skeletons, imbalance, clips too short, classes that differ in spelling alone, labels that movement contradicts.
    """
    chosen = settings or AuditSettings()
    facts = facts_of(recordings)
    found = [finding for check in CHECKS for finding in check(facts, chosen)]
    found += _copies(facts, chosen)
    found += one_source(dataset, recordings)
    found += (_finding_of_labels(one) for one in similar_labels(dataset))
    examples = _examples(dataset, recordings, facts, chosen)
    if examples is not None:
        found += _lost(dataset, examples)
    if examples is not None and chosen.doubts:
        found += (_finding_of(doubt, dataset) for doubt in clip_doubts(examples))
    return tuple(sorted(found, key=lambda one: SEVERITIES.index(one.severity)))


def _copies(facts: Sequence[Facts], settings: AuditSettings) -> Iterator[Finding]:
    by_index = {one.index: one for one in facts}
    for pair in near_duplicates(facts, settings):
        first, second = by_index[pair.first], by_index[pair.second]
        if first.name != second.name and first.content != second.content:
            sentence = f"{first.name} and {second.name} show one movement{_how(pair)}"
            yield of_one_movement([first, second], "near-duplicate", sentence)


def _how(pair: NearDuplicate) -> str:
    shifted = [f"shifted by {abs(pair.shift_s):.2f} s"] if abs(pair.shift_s) >= 0.1 else []
    how = [*(["mirrored"] if pair.mirrored else []), *shifted]
    return f" ({', '.join(how)})" if how else ""


def _examples(
    dataset: Dataset, recordings: Recordings, facts: Sequence[Facts], settings: AuditSettings
) -> Examples | None:
    """The windows that a training would use; None where there are none, which other checks report."""
    spec = _spec(recordings, facts)
    if spec is None:
        return None
    clock = WindowSpec(length_s=settings.window_s, hop_s=settings.window_s / 2)
    try:
        return examples_of(dataset, recordings, spec=spec, clock=clock).examples
    except InvalidValueError:
        return None


def _lost(dataset: Dataset, examples: Examples) -> Iterator[Finding]:
    """Classes of which a tenth or more is never learned from."""
    for one in shrunk(used_clips(dataset, examples)):
        yield Finding(
            "little-used",
            "warning",
            one.unused,
            f"{one.sentence}: {', '.join(one.unused[:3])}",
            "shorten the window, cut clips to where people are seen, or extract with --model heavy",
        )


def _finding_of(doubt: ClipLabelError, dataset: Dataset) -> Finding:
    name = dataset.items[doubt.clip].clip.name
    return Finding(
        "doubtful-label",
        "warning",
        (name,),
        f"{name} is labelled {doubt.label!r} and moves like {doubt.instead!r} ({doubt.score:.0%}; {doubt.windows} "
        f"of {doubt.of_windows} windows, the first at {doubt.start_s:.1f} s)",
        "look at it, and correct the label if it is wrong",
    )


def _finding_of_labels(one: SimilarLabels) -> Finding:
    return Finding(
        "similar-labels",
        "warning",
        one.labels,
        one.sentence,
        "give them one spelling, or more distinct names; they are learned as separate classes",
    )


def _spec(recordings: Recordings, facts: Sequence[Facts]) -> FeatureSpec | None:
    """Coordinates of the skeleton that most clips have, in pixels where there are any."""
    counts = Counter(name for one in facts for name in one.skeletons)
    if not counts:
        return None
    name = counts.most_common(1)[0][0]
    index = next(one.index for one in facts if name in one.skeletons)
    recording = recordings.of(index)
    people = recording.people.values() if recording is not None else ()
    spaces = next(one.spaces for one in people if one.skeleton.name == name)
    if Space.PIXEL in spaces:
        return FeatureSpec(("xy",), name)
    return FeatureSpec(("world",), name) if Space.WORLD in spaces else None
