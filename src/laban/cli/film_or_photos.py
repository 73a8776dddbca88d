"""A folder of pictures as one film or as its photos, by a flag or by what they look like."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from laban.cli.inputs import Input, Tell
from laban.sources.image import is_picture_name, pictures_in
from laban.sources.numbered_frames import frame_numbers
from laban.sources.photos import kind_of_pictures

_LEAST_FRAMES = 3


def split_photos(inputs: Iterable[Input], *, photos: bool | None, tell: Tell) -> list[Input]:
    """The inputs, with each picture by itself where a folder holds photos; which it is taken for is told.

    Where that cannot be told and ``photos`` does not say, the folder stays one input, with its doubt.
    """
    return [part for one in inputs for part in _parts(one, photos, tell)]


def numbered_alone(inputs: Sequence[Input]) -> str | None:
    """What to say of numbered pictures of one folder named one by one: each is a photo then, and no frame."""
    pictures = [one.path for one in inputs if is_picture_name(one.path) and one.path.is_file()]
    folders = {path.parent for path in pictures}
    if len(pictures) < _LEAST_FRAMES or len(folders) > 1 or frame_numbers(pictures) is None:
        return None
    return (
        f"{len(pictures)} numbered pictures are named one by one and taken for photos; name their folder, "
        f"{folders.pop()}, for one film"
    )


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
