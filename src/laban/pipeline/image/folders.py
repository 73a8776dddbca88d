"""Images in a folder for each class, or those below a folder for each split."""

from collections.abc import Iterator
from pathlib import Path

from laban.errors import FormatError
from laban.pipeline.image.values import ImageSet, LabelledImage
from laban.sources.image import images_in

_SPLITS = ("train", "training", "val", "valid", "validation", "dev", "test")


def holds_class_folders(folder: Path) -> bool:
    """Whether the folders of classes in ``folder`` hold images more than anything else, such as clips."""
    images = files = 0
    for _, one in _classes(folder):
        images += len(images_in(one))
        files += sum(path.is_file() and not path.name.startswith(".") for path in one.iterdir())
    return images > files / 2


def read_folders(folder: Path) -> ImageSet:
    """The images of a folder of classes; raises FormatError where there are fewer than two."""
    images = [
        LabelledImage(path.relative_to(folder).as_posix(), path, label=one.name, split=split)
        for split, one in _classes(folder)
        for path in images_in(one)
    ]
    labels = tuple(dict.fromkeys(sorted(str(image.label) for image in images)))
    if not images:
        raise FormatError(f"{folder}: expected a folder of images for each class, found none")
    return ImageSet(folder.resolve().name, folder, "folders", labels, tuple(images))


def _classes(folder: Path) -> Iterator[tuple[str | None, Path]]:
    for one in _folders(folder):
        if one.name.lower() in _SPLITS and not images_in(one):
            yield from ((one.name.lower(), deep) for deep in _folders(one) if images_in(deep))
        elif images_in(one):
            yield None, one


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
