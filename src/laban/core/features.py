"""Named measurements over time."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from laban.core.arrays import Float64Array, frozen, same_content
from laban.core.checks import unknown_message
from laban.errors import InvalidValueError, MissingExtraError, UnknownNameError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Features:
    """Columns of measurements: ``values`` (T, F), one name and one unit a column. Undefined is NaN.

    ``times_s`` (T,) are seconds. ``features[name]`` is one column; an unknown name raises UnknownNameError with
    the most similar one. Raises InvalidValueError where names and units do not fit the columns.

    >>> table = Features(np.array([0.0, 0.1]), ("left_knee",), ("deg",), np.array([[170.0], [np.nan]]))
    >>> table["left_knee"]
    array([170.,  nan])
    """

    times_s: Float64Array
    names: tuple[str, ...]
    units: tuple[str, ...]
    values: Float64Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "units", tuple(self.units))
        twice = sorted({name for name in self.names if self.names.count(name) > 1})
        if len(self.names) != len(self.units):
            raise InvalidValueError(
                f"got {len(self.units)} units for {len(self.names)} features; give one each"
            )
        if twice:
            raise InvalidValueError(f"each feature must be named once, got {', '.join(twice)} more than once")
        times = frozen(self.times_s, shape=("T",), name="times_s", dtype=np.float64)
        object.__setattr__(self, "times_s", times)
        shape = (len(times), len(self.names))
        values = frozen(self.values, shape=shape, name="values", dtype=np.float64)
        object.__setattr__(self, "values", values)

    def __len__(self) -> int:
        return len(self.times_s)

    def __getitem__(self, name: str) -> Float64Array:
        """(T,) the column called ``name``."""
        if name not in self.names:
            raise UnknownNameError(unknown_message(name, self.names, what="feature"))
        return self.values[:, self.names.index(name)]

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Features)
            and (self.names, self.units) == (other.names, other.units)
            and same_content(self.times_s, other.times_s)
            and same_content(self.values, other.values)
        )

    __hash__ = None  # type: ignore[assignment]

    def join(self, other: "Features") -> "Features":
        """The columns of both tables in one; the times must be equal."""
        if not np.array_equal(self.times_s, other.times_s):
            raise InvalidValueError("Features with different times cannot be joined")
        values = np.concatenate([self.values, other.values], axis=1)
        return Features(self.times_s, self.names + other.names, self.units + other.units, values)

    def save(self, path: str | PathLike[str]) -> Path:
        """Writes the table as ``.csv`` or ``.parquet``: ``time_s``, then each column headed ``name [unit]``."""
        # Imported by name at the call: core knows no file formats.
        write: Callable[..., Path] = import_module("laban.io.feature_table").save_features
        return write(self, path)

    def to_pandas(self) -> "pd.DataFrame":
        """A DataFrame with the columns by name and ``time_s`` as its index; ``attrs["units"]`` maps name to unit.

        Raises MissingExtraError where pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingExtraError("a DataFrame needs pandas; get it with: pip install pandas") from error
        index = pandas.Index(self.times_s, name="time_s")
        frame = pandas.DataFrame(np.array(self.values), index=index, columns=list(self.names))
        frame.attrs["units"] = dict(zip(self.names, self.units, strict=True))
        return frame
