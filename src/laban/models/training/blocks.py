"""Groups for data that names none, but where neighbouring clips come from one source."""

from dataclasses import replace

from laban.models.examples import Examples


def with_blocks(examples: Examples, *, block: int) -> Examples:
    """The examples with every ``block`` consecutive clips of a label (in the order of their names, numbers as
    numbers) as one group, for data in which neighbouring clips come from one source."""
    labels = _first_labels(examples)
    order = sorted(range(len(examples.clips)), key=lambda clip: _natural(examples.clips[clip].name))
    seen: dict[tuple[int, ...], int] = {}
    clips = list(examples.clips)
    for clip in order:
        place = seen.get(labels[clip], 0)
        seen[labels[clip]] = place + 1
        clips[clip] = replace(clips[clip], group=f"block {labels[clip]} {place // block}")
    return replace(examples, clips=tuple(clips))


def _first_labels(examples: Examples) -> list[tuple[int, ...]]:
    first: dict[int, tuple[int, ...]] = {}
    for clip, labels in zip(examples.clip.tolist(), examples.labels.tolist(), strict=True):
        first.setdefault(clip, tuple(labels))
    return [first.get(clip, ()) for clip in range(len(examples.clips))]


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    pieces, digits = [], ""
    for letter in f"{name}\0":
        if letter.isdigit() and letter.isascii():
            digits += letter
            continue
        if digits:
            pieces.append((int(digits), ""))
            digits = ""
        pieces.append((-1, letter))
    return tuple(pieces)
