"""From clips to labelled windows, and what each class covers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from laban.core.clock import WholeClip, WindowSpec
from laban.core.sequence import Recording
from laban.core.skeleton import SKELETONS
from laban.core.spans import Span
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.examples import Clip
from laban.pipeline.dataset import (
    Dataset,
    ExampleSettings,
    Item,
    Recordings,
    coverage_of,
    examples_of,
    recordings_of,
)
from laban.pipeline.dataset.labels import tasks_of
from laban.tasks.action.windows import windows_of

Move = Callable[..., Recording]
Gather = Callable[..., tuple[Dataset, Recordings]]
SPEC, CLOCK = FeatureSpec(), WindowSpec()


def spanned(recording: Recording, *spans: Span, only: bool = False) -> tuple[Dataset, Recordings]:
    item = Item(Clip("a", "a"), {"fall": spans}, recording=recording, kind="memory", only_spans=only)
    dataset = Dataset("made", Path(), tasks_of([item], backgrounds={"fall": "none"}), (item,))
    return dataset, recordings_of(dataset)


def nobody(recording: Recording) -> Recording:
    return recording.replace(people={})


def test_every_window_of_everybody_has_the_label_of_its_clip(move: Move, gather: Gather) -> None:
    one, two = move("kick", people=2), move("wave", seed=3)
    dataset, recordings = gather(("a", "kick", one), ("b", "wave", two))
    examples = examples_of(dataset, recordings, spec=SPEC, clock=CLOCK).examples
    apart = [windows_of(recording, spec=SPEC, clock=CLOCK) for recording in (one, two)]
    assert np.array_equal(examples.values, np.concatenate([part.values for part in apart]))
    assert np.array_equal(examples.clip, [0] * len(apart[0]) + [1] * len(apart[1]))
    assert np.array_equal(examples.labels[:, 0], examples.clip)
    assert set(examples.person[examples.clip == 0]) == {0, 1}


def test_only_the_most_moving_person_where_asked(move: Move, gather: Gather) -> None:
    lively, still = move("wave").people[0], move("still", seed=1).people[0]
    both = move("still", people=2).replace(people={0: still, 1: lively})
    dataset, recordings = gather(("a", "wave", both), ("b", "kick", move("kick")))
    chosen = ExampleSettings(people="most_moving")
    examples = examples_of(dataset, recordings, spec=SPEC, clock=CLOCK, settings=chosen).examples
    assert set(examples.person[examples.clip == 0]) == {1}


def test_spans_label_the_windows_they_hold_in(move: Move) -> None:
    recording = move(seconds=10.0)
    dataset, recordings = spanned(recording, Span(6, 7, "fall"), Span(0, 3, "none"))
    examples = examples_of(dataset, recordings, spec=SPEC, clock=CLOCK).examples
    task = dataset.task("fall")
    found = [None if label < 0 else task.labels[label] for label in examples.labels[:, 0]]
    assert dict(zip(examples.start_s.tolist(), found, strict=True)) == {
        **dict.fromkeys((0.0, 0.5, 1.0, 1.5, 2.0), "none"),
        **dict.fromkeys((2.5, 3.0, 3.5, 4.0), None),
        **dict.fromkeys((4.5, 5.0, 5.5, 6.0, 6.5), "fall"),
        **dict.fromkeys((7.0, 7.5, 8.0), None),
    }


def test_a_file_that_several_clips_share_gives_each_its_own_windows(move: Move) -> None:
    dataset, recordings = spanned(move(seconds=10.0), Span(0, 4, "fall"), Span(9, 10, "none"), only=True)
    starts = examples_of(dataset, recordings, spec=SPEC, clock=CLOCK).examples.start_s
    assert starts.tolist() == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 7.5, 8.0]


def test_whole_clips_are_cut_at_spans(move: Move) -> None:
    dataset, recordings = spanned(move(seconds=10.0), Span(2, 4, "fall"), Span(5, 9, "none"))
    examples = examples_of(dataset, recordings, spec=SPEC, clock=WholeClip(30)).examples
    assert examples.start_s.tolist() == [2.0, 5.0]
    assert [dataset.tasks[0].labels[label] for label in examples.labels[:, 0]] == ["fall", "none"]


def test_clips_that_give_nothing_are_left_out_with_the_reason(move: Move, gather: Gather) -> None:
    unseen = move("wave")
    lost = unseen.people[0].replace(image_px=np.full((120, 33, 2), np.nan))
    other = move("wave").people[0].to_skeleton(SKELETONS["coco17"])
    dataset, recordings = gather(
        ("good", "kick", move("kick")),
        ("nobody", "wave", nobody(unseen)),
        ("nan", "wave", unseen.replace(people={0: lost})),
        ("coco", "wave", unseen.replace(people={0: other})),
    )
    gathered = examples_of(dataset, recordings, spec=SPEC, clock=CLOCK)
    reasons = {one.name: one.reason for one in gathered.left_out}
    assert set(reasons) == {"nobody", "nan", "coco"}
    assert reasons["nobody"] == "nobody was found in it"
    assert "measured on blazepose33, the sequence has coco17" in reasons["coco"]
    assert set(gathered.examples.clip) == {0}
    assert len(gathered.examples.clips) == 4
    with pytest.raises(InvalidValueError, match="gives a window to learn from: nobody was found"):
        examples_of(*gather(("n", "kick", nobody(unseen))), spec=SPEC, clock=CLOCK)


def test_the_hash_changes_with_whatever_decides_the_examples(move: Move, gather: Gather) -> None:
    clips = (("a", "kick", move("kick")), ("b", "wave", move("wave")))

    def hashed(*clips: tuple[str, str, Recording], clock: WindowSpec = CLOCK, **more: dict[str, str]) -> str:
        return examples_of(*gather(*clips, **more), spec=SPEC, clock=clock).data_sha256

    same = hashed(*clips)
    assert hashed(*clips) == same
    others = [
        hashed(*clips[:1], ("b", "wave", move("wave", seed=9))),
        hashed(*clips[:1], ("b", "jump", clips[1][2])),
        hashed(*clips, clock=WindowSpec(hop_s=1.0)),
        hashed(*clips, split={"a": "train"}),
        hashed(*clips, group={"a": "b"}),
    ]
    assert len({same, *others}) == 6


def test_coverage_counts_clips_seconds_people_and_frames(move: Move, gather: Gather) -> None:
    half = move("wave")
    points = np.array(half.people[0].image_px)
    points[:60] = np.nan
    dataset, recordings = gather(
        ("a", "kick", move("kick", people=2)),
        ("b", "kick", nobody(move("kick"))),
        ("c", "wave", half.replace(people={0: half.people[0].replace(image_px=points)})),
        group={"a": "x", "b": "x"},
    )
    kick, wave = coverage_of(dataset, recordings)
    assert (kick.label, kick.clips, kick.groups, kick.people) == ("kick", 2, 1, 2)
    assert kick.seconds == pytest.approx(8.0)
    assert kick.seen_share == pytest.approx(0.5)
    assert kick.without_people == ("b",)
    assert (wave.clips, wave.people, wave.seen_share) == (1, 1, pytest.approx(0.5))


def test_coverage_of_spans_counts_their_own_seconds(move: Move) -> None:
    dataset, recordings = spanned(move(seconds=10.0), Span(2, 4, "fall"), Span(9, 20, "none"))
    fall, none = coverage_of(dataset, recordings)
    assert (fall.seconds, none.seconds) == (pytest.approx(2.0), pytest.approx(1.0))
