"""Wrong labels that were planted are found."""

import numpy as np
import pytest

from laban.errors import InvalidValueError
from laban.models.evaluation.calibration import softmax
from laban.models.evaluation.label_errors import find_label_errors


def test_planted_wrong_labels_are_found_and_named() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 4, 400)
    given = truth.copy()
    planted = rng.choice(400, 40, replace=False)
    given[planted] = (truth[planted] + rng.integers(1, 4, 40)) % 4
    said = softmax(4 * np.eye(4)[truth] + rng.normal(size=(400, 4)))
    found = find_label_errors(said, given)
    hits = [one for one in found if one.index in planted]
    # a model that is itself wrong now and then cannot find all of them, nor only them
    assert len(hits) / len(planted) >= 0.8
    assert len(hits) / len(found) > 0.75
    assert np.mean([one.likely == truth[one.index] for one in hits]) > 0.9
    assert [one.margin for one in found] == sorted((one.margin for one in found), reverse=True)
    assert {one.index for one in found[:15]} <= set(planted.tolist())


def test_a_model_that_is_less_sure_of_a_label_may_be_so() -> None:
    # b is held with 0.55 at best: an example labelled a of which the model says b with 0.56 is in doubt
    said = np.array([[0.9, 0.1]] * 4 + [[0.45, 0.55]] * 4 + [[0.44, 0.56]])
    (one,) = find_label_errors(said, np.array([0] * 4 + [1] * 4 + [0]))
    assert (one.index, one.given, one.likely) == (8, 0, 1)
    assert one.margin == pytest.approx(0.12)


def test_what_has_no_label_is_not_doubted_and_what_was_not_predicted_is_refused() -> None:
    said = np.array([[0.1, 0.9], [0.9, 0.1], [0.1, 0.9]])
    assert find_label_errors(said, np.array([-1, 0, 1])) == ()
    with pytest.raises(InvalidValueError, match="out of fold"):
        find_label_errors(np.full((2, 2), np.nan), np.array([0, 1]))
