"""The same table for real clips: written, extracted and asked."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.invariance.answers import ANSWERS, Answer
from tests.invariance.film_changes import FILM_CHANGES, FilmChange
from tests.invariance.films import CLIPS, Clip, Film, write
from tests.invariance.table import Cell

import laban
from laban.core.sequence import Recording
from laban.errors import LabanError

PLAIN = FilmChange("nothing changed")


def film_cells() -> Iterator[tuple[FilmChange, Clip, Answer]]:
    """What there is to ask of the clips that are here."""
    for clip in CLIPS:
        if clip.find() is not None:
            for change in FILM_CHANGES:
                if clip.people == 1 or not change.alone:
                    yield from ((change, clip, ANSWERS[name]) for name in clip.answers)


def film_cell(change: FilmChange, clip: Clip, answer: Answer) -> Cell:
    """One of them, asked."""
    about = change.name, clip.name, answer.name
    mapping = _changed(change, clip).moved
    try:
        after = answer.of(extracted(change, clip), "")
        apart = answer.apart(_before(answer, clip), after, mapping)
    except LabanError as error:
        return Cell(*about, float("inf"), answer.tolerance, answer.unit, refused=str(error))
    return Cell(*about, apart, answer.tolerance_of(mapping), answer.unit)


def first_film_value(answer: Answer, clip: Clip) -> Any:
    """The answer with nothing changed."""
    return answer.known(_before(answer, clip))


@cache
def extracted(change: FilmChange, clip: Clip) -> Recording:
    """Everybody in the changed clip, once a session."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{change.place}{change.encoding.suffix}"
        path.parent.mkdir(exist_ok=True)
        for name in change.neighbours:
            (path.parent / name).write_text("not this one")
        write(_changed(change, clip), path, change.encoding)
        options = {"model": "lite", **change.settings}
        return laban.extract(path, **options)


@cache
def _before(answer: Answer, clip: Clip) -> Any:
    return answer.of(extracted(PLAIN, clip), "")


@cache
def _film(clip: Clip) -> Film:
    return clip.film()


def _changed(change: FilmChange, clip: Clip) -> Film:
    return change.make(_film(clip))
