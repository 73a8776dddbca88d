"""What one item of many comes to."""

import pytest

from laban.errors import SourceError
from laban.pipeline.recording.executor import CancelledError, outcome_of


def test_an_error_of_an_item_is_its_outcome_and_a_cancellation_is_not() -> None:
    assert outcome_of(lambda: 3) == 3
    error = SourceError("broken")

    def fails() -> int:
        raise error

    def cancelled() -> int:
        raise CancelledError("stopped")

    assert outcome_of(fails) is error
    with pytest.raises(CancelledError):
        outcome_of(cancelled)
