"""The clips that a model learned from, by short hashes in its card, so that it recognises them in other data."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from laban.core.answers.metrics import LearnedFromAnswer
from laban.models.card import ModelCard

LEARNED_FROM = "learned_from"
"""The key of a card for the fingerprints of its training and validation clips."""

_DIGITS = 12


def fingerprint(sha256: str) -> str:
    """The fingerprint of a clip from the hash of its content."""
    return sha256[:_DIGITS]


def told_from(fingerprints: Collection[str]) -> dict[str, str]:
    """What a card must hold about the clips with these fingerprints."""
    return {LEARNED_FROM: " ".join(sorted(set(fingerprints)))}


@dataclass(frozen=True)
class LearnedFrom:
    """Of ``of`` clips those that a model learned from, by position, and what to say about it. ``is_told`` is false
    for a model that does not say."""

    clips: tuple[int, ...]
    of: int
    notes: tuple[str, ...] = ()
    is_told: bool = True

    @property
    def is_all(self) -> bool:
        """Whether it learned from all of them, so that nothing would be left without them."""
        return len(self.clips) == self.of

    @property
    def left_out(self) -> tuple[int, ...]:
        """The clips to leave out of the metrics: none where they are all."""
        return () if self.is_all else self.clips

    def answer(self) -> LearnedFromAnswer:
        """The answer that is printed and written."""
        return LearnedFromAnswer(clips=len(self.clips), of=self.of, left_out=bool(self.left_out))


def learned_from(
    card: ModelCard, held: Mapping[int, frozenset[str]], *, names: Mapping[int, str]
) -> LearnedFrom:
    """Which clips of an evaluation a model learned from: ``held`` are their fingerprints by position."""
    known = frozenset(str(card.about.get(LEARNED_FROM, "")).split())
    clips = tuple(at for at, own in held.items() if own & known)
    if not known:
        words = f"{card.name} does not say which clips it learned from: these may be among them."
    elif not clips:
        return LearnedFrom((), len(held))
    elif len(clips) == len(held):
        words = (
            f"The model learned from all of these {len(clips)} clips: the metrics say nothing about others."
        )
    else:
        words = (
            f"The model learned from {len(clips)} of these {len(held)} clips, such as {names[clips[0]]}: they are "
            "left out of the metrics."
        )
    return LearnedFrom(clips, len(held), (words,), is_told=bool(known))
