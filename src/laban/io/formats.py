"""The table of file formats, and the two functions that use it."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypedDict

from laban.core.checks import choose, unknown_message
from laban.core.sequence import Recording
from laban.errors import FormatError, InvalidValueError, UnknownNameError
from laban.io import (
    bvh,
    c3d,
    coco,
    deeplabcut,
    features66,
    long_table,
    mediapipe_json,
    mmpose,
    npy,
    openpose,
    parquet,
    pyskl,
    trc,
    tutorial,
    ultralytics,
    yolo_pose,
)
from laban.io.assumptions import with_notes
from laban.io.axis_order import y_first
from laban.io.load_warnings import warn_of_clock, warn_of_outside
from laban.io.loss import hearing
from laban.io.recognise import recognise
from laban.io.upright import checked_upright, flipped, warn_of_lying

Source = str | PathLike[str]
_OWN: Final = "parquet"


class LoadOptions(TypedDict, total=False):
    """Options of ``load`` for files that lack the information."""

    fps: float | None
    size_wh: tuple[int, int] | None
    flip_y: bool
    swap_xy: bool


@dataclass(frozen=True)
class Format:
    """One file format: its name and suffixes, how it is read and written, and what it loses."""

    name: str
    suffixes: tuple[str, ...]
    read: Callable[..., Recording]
    write: Callable[..., None]
    loss: str

    @property
    def read_options(self) -> tuple[str, ...]:
        """The names of the options that ``load`` takes for this format."""
        return _keywords(self.read)

    def usable(self, options: LoadOptions) -> LoadOptions:
        """The options without the frame rate and the image size if reading this format does not use them."""
        used = options.copy()
        if "fps" not in self.read_options:
            used.pop("fps", None)
        if "size_wh" not in self.read_options:
            used.pop("size_wh", None)
        return used

    @property
    def write_options(self) -> tuple[str, ...]:
        """The names of the options that ``save`` takes for this format."""
        return _keywords(self.write)


_ALL = (
    Format("parquet", (".parquet", ".pq"), parquet.read, parquet.write, "nothing"),
    Format("tutorial", (".txt", ".csv"), tutorial.read, tutorial.write, tutorial.LOSS),
    Format("features66", (".csv", ".txt"), features66.read, features66.write, features66.LOSS),
    Format("long", (".csv", ".txt"), long_table.read, long_table.write, long_table.LOSS),
    Format("coco", (".json",), coco.read, coco.write, coco.LOSS),
    Format("openpose", (), openpose.read, openpose.write, openpose.LOSS),
    Format("yolo-pose", (), yolo_pose.read, yolo_pose.write, yolo_pose.LOSS),
    Format("pyskl", (".pkl", ".pickle"), pyskl.read, pyskl.write, pyskl.LOSS),
    Format("mmpose", (), mmpose.read, mmpose.write, mmpose.LOSS),
    Format("ultralytics", (), ultralytics.read, ultralytics.write, ultralytics.LOSS),
    Format("mediapipe", (), mediapipe_json.read, mediapipe_json.write, mediapipe_json.LOSS),
    Format("deeplabcut", (), deeplabcut.read, deeplabcut.write, deeplabcut.LOSS),
    Format("npy", (".npy",), npy.read, npy.write, npy.LOSS),
    Format("trc", (".trc",), trc.read, trc.write, trc.LOSS),
    Format("bvh", (".bvh",), bvh.read, bvh.write, bvh.LOSS),
)

FORMATS: Mapping[str, Format] = MappingProxyType({one.name: one for one in _ALL})
"""Every format by name."""

WRITTEN_ONLY: Mapping[str, Format] = MappingProxyType(
    {"c3d": Format("c3d", (".c3d",), c3d.read, c3d.write, c3d.LOSS)}
)
"""Formats that are written but not read."""


def load(
    path: Source,
    *,
    format: str | None = None,  # noqa: A002
    fps: float | None = None,
    size_wh: tuple[int, int] | None = None,
    skeleton: str | None = None,
    identities: str | None = None,
    index: int | None = None,
    name: str | None = None,
    flip_y: bool = False,
    swap_xy: bool = False,
) -> Recording:
    """The recording in a file or folder of poses.

    ``format`` is a name of ``FORMATS``; without it the content decides. A file may lack: ``fps``, its frames per
    second; ``size_wh``, the size of its image; ``skeleton``, the order of its joints; ``identities``, how people
    are identified where they have no ids (``auto``, ``order`` or ``each``). ``index`` or ``name`` selects a clip
    where a file holds many. ``flip_y`` is for pixels whose y grows upwards, ``swap_xy`` for files with y before x,
    such as MoveNet's. Raises ``FormatError`` where the file is missing or does not hold what its format says, and
    ``UnknownNameError`` for an unknown format, or an option that the format does not use. Assumptions (a frame
    rate, an image size) are kept in ``metadata["assumed"]``, other doubts, as sentences, in ``metadata["notes"]``.

    >>> import tempfile
    >>> from laban.sources import SyntheticScene
    >>> recording = SyntheticScene(people=1, seconds=1.0).recording()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     load(save(recording, Path(folder) / "clip.parquet")) == recording
    True
    """
    path = Path(path)
    form = format_of(path, name=format)
    options = _given(
        fps=fps, size_wh=size_wh, skeleton=skeleton, identities=identities, index=index, name=name
    )
    _check_options(options, known=form.read_options, what=f"option for reading {form.name}")
    with hearing() as said:
        with y_first(swap_xy, form=form.name):
            recording = form.read(path, **options)
        recording = flipped(recording) if flip_y else recording
        if form.name != _OWN:
            checked_upright(recording, flipped=flip_y)
            warn_of_lying(recording, exchanged=swap_xy)
            warn_of_outside(recording)
            warn_of_clock(recording.times_s)
    return recording.replace(metadata=with_notes(recording.metadata, said)) if said else recording


def save(
    recording: Recording,
    path: Source,
    *,
    format: str | None = None,  # noqa: A002
    person: int | None = None,
    size_wh: tuple[int, int] | None = None,
    skeleton: str | None = None,
    space: str | None = None,
    label: int | None = None,
    layout: str | None = None,
    header: bool | None = None,
    rows_per_group: int | None = None,
) -> Path:
    """Writes ``recording`` and returns where.

    ``format`` is a name of ``FORMATS``; without it the suffix decides. The other options depend on the format,
    which chooses a default for each that is None: ``person``, the person to write where a file holds one;
    ``size_wh``, the image size where the recording has none; ``skeleton``, the joints to write; ``space``
    (``image`` or ``world``) and ``label``, a class number, for PYSKL; ``layout`` (``dataset`` or ``results``) for
    COCO; ``header`` for tables of 66 features; ``rows_per_group`` for Parquet. One ``LossWarning`` lists what the
    format cannot hold. The file is written completely or not at all. Raises ``OutputError`` where it cannot be
    written, ``InvalidValueError`` where the recording lacks what the format needs, and ``UnknownNameError`` for an
    unknown format, or an option that the format does not use.

    >>> import tempfile
    >>> from laban.sources import SyntheticScene
    >>> recording = SyntheticScene(people=1, seconds=1.0).recording()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(recording, Path(folder) / "clip.parquet").name
    'clip.parquet'
    """
    path = Path(path)
    form = format_for(path, name=format)
    options = _given(
        person=person,
        size_wh=size_wh,
        skeleton=skeleton,
        space=space,
        label=label,
        layout=layout,
        header=header,
        rows_per_group=rows_per_group,
    )
    _check_options(options, known=form.write_options, what=f"option for writing {form.name}")
    form.write(recording, path, **options)
    return path


def format_of(path: Path, *, name: str | None = None) -> Format:
    """The format of an existing file or folder: the one called ``name``, else recognised by its content."""
    if not path.exists():
        raise FormatError(f"no file or folder of poses at {path}; check the name")
    return choose(name or recognise(path), FORMATS, what="format")


def format_for(path: Path, *, name: str | None = None) -> Format:
    """The format to write to ``path``: the one called ``name``, else that of the suffix."""
    written = {**FORMATS, **WRITTEN_ONLY}
    if name:
        return choose(name, written, what="format")
    fitting = [form for form in written.values() if path.suffix.lower() in form.suffixes]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(form.name for form in fitting or written.values())
    raise InvalidValueError(f"the name {path.name!r} does not determine the format; choose one: {names}")


def _given(**options: object) -> dict[str, object]:
    """The options that are not None."""
    return {name: value for name, value in options.items() if value is not None}


def _check_options(options: Mapping[str, object], *, known: tuple[str, ...], what: str) -> None:
    for name in options:
        if name not in known:
            raise UnknownNameError(unknown_message(name, known or ("none",), what=what))


def _keywords(function: Callable[..., object]) -> tuple[str, ...]:
    parameters = inspect.signature(function).parameters.values()
    return tuple(one.name for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY)
