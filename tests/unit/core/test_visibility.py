"""What was seen and what was guessed."""

import numpy as np

from laban.core.visibility import is_guessed, with_unknown_as_seen


def test_a_source_that_tells_no_visibility_has_seen_everything() -> None:
    visibility = np.array([0.2, np.nan, 0.8], dtype=np.float32)
    known = with_unknown_as_seen(visibility)
    assert known.dtype == np.float32
    assert known.tolist() == [np.float32(0.2), 1.0, np.float32(0.8)]
    assert np.isnan(visibility[1])
    assert is_guessed(visibility).tolist() == [True, False, False]
