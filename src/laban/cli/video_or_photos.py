"""A folder of images as frames of one video or as single photos, decided by a flag or by their content."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from laban.cli.inputs import Input, Notify
from laban.sources.image import images_in, is_image_name
from laban.sources.numbered_frames import frame_numbers
from laban.sources.photos import kind_of_images

_LEAST_FRAMES = 3


def split_photos(inputs: Iterable[Input], *, photos: bool | None, notify: Notify) -> list[Input]:
    """The inputs, with each image on its own if a folder holds photos; the decision is reported.

    If it cannot be decided and ``photos`` does not say, the folder stays one input, with its ambiguity.
    """
    return [part for one in inputs for part in _parts(one, photos, notify)]


def numbered_alone(inputs: Sequence[Input]) -> str | None:
    """A note if numbered images of one folder were named one by one: each is then a photo, not a frame."""
    images = [one.path for one in inputs if is_image_name(one.path) and one.path.is_file()]
    folders = {path.parent for path in images}
    if len(images) < _LEAST_FRAMES or len(folders) > 1 or frame_numbers(images) is None:
        return None
    return (
        f"{len(images)} numbered images are named one by one and taken for photos; name their folder, "
        f"{folders.pop()}, for one video"
    )


def _parts(one: Input, photos: bool | None, notify: Notify) -> Iterator[Input]:
    images = images_in(one.path) if one.path.is_dir() else []
    if len(images) < 2 or photos is False:
        yield one
    elif photos:
        yield from (Input(path, one.relative / path.name) for path in images)
    else:
        kind = kind_of_images(images)
        if kind.is_film is None:
            ambiguity = f"{one}: {len(images)} images that may be a video or photos ({kind.why})"
            yield replace(one, ambiguity=f"{ambiguity}; say which with --frames or --photos")
            return
        taken = "the frames of one video" if kind.is_film else "photos"
        other = "--photos" if kind.is_film else "--frames"
        notify(f"{one}: {len(images)} images, taken for {taken}: {kind.why}; use {other} to change that")
        yield from _parts(one, not kind.is_film, notify)
