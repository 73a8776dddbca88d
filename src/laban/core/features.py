"""Named measurements over time."""

from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array, frozen, same_content
from laban.core.checks import unknown_message
from laban.errors import InvalidValueError, UnknownNameError


@dataclass(frozen=True, eq=False)
class Features:
    """Columns of measurements: ``values`` (T, F), one name and one unit a column. Undefined is NaN."""

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

    def beside(self, other: "Features") -> "Features":
        """Both tables' columns side by side; the times must be equal."""
        if not np.array_equal(self.times_s, other.times_s):
            raise InvalidValueError("Features of different times cannot stand side by side")
        values = np.concatenate([self.values, other.values], axis=1)
        return Features(self.times_s, self.names + other.names, self.units + other.units, values)
