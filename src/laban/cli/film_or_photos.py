"""A folder of pictures as one film or as its photos, by a flag or by what they look like."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from laban.cli.inputs import Input, Tell
from laban.sources.image import pictures_in
from laban.sources.photos import kind_of_pictures


def split_photos(inputs: Iterable[Input], *, photos: bool | None, tell: Tell) -> list[Input]:
    """The inputs, with each picture by itself where a folder holds photos; which it is taken for is told.

    Where that cannot be told and ``photos`` does not say, the folder stays one input, with its doubt.
    """
    return [part for one in inputs for part in _parts(one, photos, tell)]


def _parts(one: Input, photos: bool | None, tell: Tell) -> Iterator[Input]:
    pictures = pictures_in(one.path) if one.path.is_dir() else []
    if len(pictures) < 2 or photos is False:
        yield one
    elif photos:
        yield from (Input(path, one.relative / path.name) for path in pictures)
    else:
        kind = kind_of_pictures(pictures)
        if kind.is_film is None:
            doubt = f"{one}: {len(pictures)} pictures that may be a film or photos ({kind.why})"
            yield replace(one, doubt=f"{doubt}; say which with --frames or --photos")
            return
        taken = "the frames of one film" if kind.is_film else "photos"
        other = "--photos" if kind.is_film else "--frames"
        tell(f"{one}: {len(pictures)} pictures, taken for {taken}: {kind.why}; {other} says otherwise")
        yield from _parts(one, not kind.is_film, tell)
