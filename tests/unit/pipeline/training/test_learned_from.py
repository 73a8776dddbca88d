"""How a model recognises the clips that it learned from."""

import pytest

from laban.core.clock import WindowSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.inputs import ClipInput
from laban.pipeline.training.learned_from import fingerprint, learned_from, told_from

NAMES = {0: "a", 2: "b", 5: "c"}


def card(*contents: str) -> ModelCard:
    about = told_from([fingerprint(one) for one in contents]) if contents else {}
    return ModelCard("m", "none", ClipInput(WindowSpec(1.0, 0.5, 8.0)), (Head(Task("t", ("x", "y"))),), about)


def held(*contents: str) -> dict[int, frozenset[str]]:
    return {at: frozenset([fingerprint(one)]) for at, one in zip(NAMES, contents, strict=True)}


@pytest.mark.parametrize(
    ("known", "clips", "left_out", "words"),
    [
        ((), (), (), "does not say which clips"),
        (("z" * 64,), (), (), None),
        (("b" * 64, "z" * 64), (2,), (2,), "learned from 1 of these 3 clips, such as b: they are left out"),
        (("a" * 64, "b" * 64, "c" * 64), (0, 2, 5), (), "learned from all of these 3 clips"),
    ],
)
def test_clips_are_recognised_by_their_content(
    known: tuple[str, ...], clips: tuple[int, ...], left_out: tuple[int, ...], words: str | None
) -> None:
    found = learned_from(card(*known), held("a" * 64, "b" * 64, "c" * 64), names=NAMES)
    assert (found.clips, found.left_out) == (clips, left_out)
    assert (found.answer().clips, found.answer().of) == (len(clips), 3)
    assert found.answer().left_out == bool(left_out)
    assert (words is None) == (found.notes == ())
    assert words is None or words in found.notes[0]


def test_what_a_card_holds_is_short_and_sorted() -> None:
    told = told_from([fingerprint("f" * 64), fingerprint("0" * 64), fingerprint("f" * 64)])
    assert told == {"learned_from": "000000000000 ffffffffffff"}
