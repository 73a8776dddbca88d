"""The lines that tell whether explanations are faithful."""

import numpy as np
from benchmarks.explanation import explanation_rows

from laban.core.clock import WholeClip
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.inputs import LandmarkInput
from laban.models.protocol import FunctionModel, Outputs

SPEC = FeatureSpec(("xy",), "penn13")


def rows_for(columns):
    def run(values):
        heard = np.square(np.nan_to_num(values[:, :, columns])).sum(axis=(1, 2)) - 2.0
        return Outputs((np.stack([np.zeros_like(heard), heard], axis=1),), np.zeros((len(values), 2)))

    card = ModelCard("m", "f", LandmarkInput(SPEC, WholeClip(20)), (Head(Task("t", ("no", "yes"))),))
    values = np.random.default_rng(0).normal(size=(8, 20, SPEC.width)).astype(np.float32)
    return explanation_rows(FunctionModel(card, run), values, name="m")


def test_a_model_with_a_reason_passes_and_one_without_gains_nothing():
    *faithful, timed = rows_for([4, 5])
    assert len(faithful) == 4
    gains = [one["gain"] for one in faithful]
    assert min(gains) > 0.2
    assert all(one["met"] for one in faithful)
    assert (timed["unit"], timed["at_most"]) == ("s", 1.0)
    assert all(abs(one["gain"]) < 1e-9 and not one["met"] for one in rows_for([])[:-1])
