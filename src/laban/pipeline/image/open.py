"""Opens labelled images in any form."""

from pathlib import Path

from laban.errors import FormatError, LabanError
from laban.pipeline.dataset.table import is_table
from laban.pipeline.image.coco import coco_files, read_coco
from laban.pipeline.image.folders import holds_class_folders, read_folders
from laban.pipeline.image.table import is_image_table, read_image_table
from laban.pipeline.image.values import ImageSet
from laban.pipeline.image.yolo import description_file, read_yolo

WANTED = (
    "expected YOLO-pose (a folder with data.yaml), COCO keypoints (a .json file, or a folder with annotations), "
    "a folder of images for each class, or a table with the columns path and label"
)


def holds_images(path: Path) -> bool:
    """Whether ``path`` is a data set of images rather than of clips; raises nothing."""
    try:
        if description_file(path) is not None:
            return path.is_file() or _has_images_or_no_frames(path)
        if path.is_dir():
            return bool(coco_files(path)) or holds_class_folders(path)
        return bool(coco_files(path)) or (is_table(path) and is_image_table(path))
    except (OSError, LabanError):
        return False


def open_images(path: str | Path) -> ImageSet:
    """The labelled images at ``path``, which is one of

    - YOLO-pose: a folder with ``data.yaml`` (or that file) that says ``train``, ``val`` or ``test``, ``names``
    and
      ``kpt_shape``. The labels of ``images/a.jpg`` are ``labels/a.txt``; each line is a person of a class.
    - COCO keypoints: a JSON file, or a folder ``annotations`` of such files, with the images next to them.
    - a folder with a folder of images for each class, or those below ``train``, ``val`` and ``test``.
    - a table, CSV or Parquet, with the columns ``path`` and ``label`` and optionally ``group``, ``split``,
      ``left_px``, ``top_px``, ``right_px``, ``bottom_px`` (who is meant) and any ``subgroup_…``.

    Faulty images or lines are in ``problems`` and left out. Raises FormatError or
    InvalidValueError, in one line, where there is nothing to read.
    """
    path = Path(path)
    if not path.exists():
        raise FormatError(f"{path} does not exist; {WANTED}")
    description = description_file(path)
    if description is not None:
        return read_yolo(description)
    files = coco_files(path)
    if files:
        return read_coco(files, path if path.is_dir() else path.parent)
    if path.is_dir() and holds_class_folders(path):
        return read_folders(path)
    if path.is_file() and is_table(path):
        return read_image_table(path)
    raise FormatError(f"{path}: {WANTED}")


def _has_images_or_no_frames(folder: Path) -> bool:
    """A recording written as YOLO-pose has a data.yaml too, and no images; a class folder of clips has
    none."""
    return (folder / "images").is_dir() or not (folder / "labels").is_dir()
