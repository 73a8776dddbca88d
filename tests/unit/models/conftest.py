"""Examples whose clips, groups and labels are known by hand."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from laban.core.clock import WindowSpec
from laban.features.spec import FeatureSpec
from laban.models.card import Task
from laban.models.examples import Clip, Examples

Make = Callable[..., Examples]


@pytest.fixture
def make_examples() -> Make:
    """From (clip, group, label, person, ...) rows to examples of one task."""

    def make(
        rows: Sequence[tuple[str, str, int, int]],
        *,
        labels: Sequence[str] = ("a", "b"),
        splits: dict[str, str] | None = None,
        subgroups: dict[str, dict[str, str]] | None = None,
        background: str | None = None,
        values: np.ndarray | None = None,
    ) -> Examples:
        names = list(dict.fromkeys(row[0] for row in rows))
        groups = {row[0]: row[1] for row in rows}
        clips = tuple(
            Clip(name, groups[name], (splits or {}).get(name), (subgroups or {}).get(name, {}))
            for name in names
        )
        rng = np.random.default_rng(0)
        shown = rng.normal(size=(len(rows), 9, 66)) if values is None else values
        return Examples(
            spec=FeatureSpec(),
            clock=WindowSpec(length_s=0.3, hop_s=0.1),
            tasks=(Task("move", tuple(labels), background),),
            clips=clips,
            values=shown,
            labels=np.array([[row[2]] for row in rows]).reshape(-1, 1),
            clip=[names.index(row[0]) for row in rows],
            person=[row[3] for row in rows],
            start_s=np.arange(len(rows), dtype=float),
        )

    return make
