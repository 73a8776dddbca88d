"""Opens labelled data in any form."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from laban.errors import FormatError, InvalidValueError, LabanError, SourceError
from laban.io.formats import LoadOptions
from laban.io.recognise import recognise
from laban.pipeline.dataset.folders import read_folder
from laban.pipeline.dataset.groups import grouped
from laban.pipeline.dataset.labels import tasks_of
from laban.pipeline.dataset.listed_folder import read_listed
from laban.pipeline.dataset.pickle_file import read_pickle
from laban.pipeline.dataset.split_lists import find_lists, is_list
from laban.pipeline.dataset.table import is_table, read_table
from laban.pipeline.dataset.values import Dataset, Item, Skipped
from laban.sources.containers import absence, address_in

_TABLE_SUFFIXES = (".csv", ".csv.gz", ".parquet", ".pq")


def open_dataset(
    path: str | Path,
    *,
    fps: float | None = None,
    size_wh: tuple[int, int] | None = None,
    labels: Sequence[str] | None = None,
    split: str | None = None,
    backgrounds: Mapping[str, str | None] | None = None,
    groups: str | Path | None = None,
) -> Dataset:
    """The labelled clips at ``path``, which is one of

    - a folder with one folder for each class of videos or recordings (any format that ``laban.load`` reads); the
      folder's name is the label, the task is ``action``. One level deeper, TASK/CLASS, the outer folders are tasks.
      Folders called train, val, valid, validation and test, above or below those of the classes, are splits.
    - the same, or clips in any folders, with lists of its training and test clips, as UCF101 (``trainlist01.txt``)
      and HMDB51 (``wave_test_split1.txt``) have them; ``split`` is the number of the lists.
    - a folder of files of landmarks, one for each class: the file's stem is the label.
    - a table, CSV or Parquet, with the columns ``path`` (from the table's folder) and ``label`` and optionally
      ``start_s``, ``end_s``, ``person``, ``group``, ``task``, ``split`` and any ``subgroup_…``. A span that names
      no person holds for everybody; rows without times hold for the whole clip. An empty label means unlabelled.
    - a PYSKL or MMAction2 pickle. ``labels`` names its classes, ``split`` which of its splits is meant.

    ``fps`` and ``size_wh`` are for files that lack them. A label called none, background, other, normal, no_x,
    non_x or not_x is its task's background, unless ``backgrounds`` says otherwise.

    A clip's group is that of the table, that of ``groups`` (a side table or a regular expression on the clips'
    names, see ``grouped``), that in a name in the scheme of NTU RGB+D or UCF101, else the clip itself. Nothing else
    shows whether clips come from one source or person: without groups metrics may be too optimistic.

    Raises InvalidValueError or FormatError, in one line, where there is nothing to learn from.
    """
    path = Path(path)
    notes: list[str] = []
    if not path.exists():
        if address_in(str(path)) is not None:
            raise SourceError(absence(path))
        raise FormatError(f"{path} does not exist; expected a folder, a table or a pickle of labelled clips")
    lists = find_lists(path) if path.is_dir() else None
    if split is not None and lists is None and (path.is_dir() or is_table(path)):
        raise InvalidValueError(
            f"{path} has no lists of splits to choose {split!r} from; leave the choice out"
        )
    if lists is not None:
        items, skipped, notes = read_listed(path, lists, split=split)
    elif path.is_dir():
        items, skipped = read_folder(path)
    elif is_table(path) or _is_pickle(path) is False:
        items, skipped, notes = read_table(path)
    else:
        items, skipped, notes = read_pickle(path, fps=fps, labels=labels, split=split)
    items, of_groups = grouped(items, by=groups)
    notes = [*notes, *of_groups]
    return _dataset(path, items, skipped, notes, backgrounds, _reading(fps, size_wh))


def _reading(fps: float | None, size_wh: tuple[int, int] | None) -> LoadOptions:
    given: LoadOptions = {}
    if fps is not None:
        given["fps"] = fps
    if size_wh is not None:
        given["size_wh"] = size_wh
    return given


def _dataset(
    path: Path,
    items: list[Item],
    skipped: list[Skipped],
    notes: list[str],
    backgrounds: Mapping[str, str | None] | None,
    reading: LoadOptions,
) -> Dataset:
    try:
        tasks = tasks_of(items, backgrounds=backgrounds)
    except InvalidValueError as error:
        raise InvalidValueError(f"{path}: {error}") from error
    if not tasks:
        raise InvalidValueError(f"{path}: none of its {len(items)} clips has a label")
    root = path if path.is_dir() else path.parent
    return Dataset(_name(path), root, tasks, tuple(items), tuple(skipped), tuple(notes), reading)


def _name(path: Path) -> str:
    """The name of the data: the file's name without its suffixes."""
    stem = path.resolve().stem
    return Path(stem).stem if path.suffix.lower() == ".gz" else stem


def _is_pickle(path: Path) -> bool:
    """Raises FormatError for a single recording or anything else that is neither pickle nor table."""
    try:
        form = recognise(path)
    except LabanError:
        form = ""
    if is_list(path):
        raise FormatError(f"{path} is a list of clips; give the folder that holds the lists and the clips")
    if form == "pyskl":
        return True
    if form == "" and path.name.lower().endswith(_TABLE_SUFFIXES):
        return False
    what = f"one recording ({form})" if form else "neither a table nor a pickle"
    raise FormatError(
        f"{path} is {what}; expected a folder of classes, a table with the columns path and label, or a pickle"
    )
