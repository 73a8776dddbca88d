"""Actions as events of a live session."""

import numpy as np

from laban.core.clock import WindowSpec
from laban.core.frame import FrameInfo
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.inputs import LandmarkInput
from laban.models.protocol import FunctionModel, Outputs
from laban.pipeline.action.watch import ActionWatch

CARD = ModelCard(
    "m",
    "none",
    LandmarkInput(FeatureSpec(), WindowSpec(0.5, 0.1, 20.0)),
    (Head(Task("fall", ("fall", "o"), background="o")),),
)
BODY = np.random.default_rng(0).uniform(0, 60, (33, 2)).astype(np.float32)
SOMEBODY = [Pose(BLAZEPOSE33, BODY, np.ones(33, dtype=np.float32), person=2)]


def always(values: np.ndarray) -> Outputs:
    logits = np.tile(np.array([[3.0, 0.0]], dtype=np.float32), (len(values), 1))
    return Outputs((logits,), logits)


def test_what_begins_and_ends_is_told_with_its_probability() -> None:
    watch = ActionWatch(FunctionModel(CARD, always))
    events = [event for index in range(60) for event in watch.update(index / 20, SOMEBODY, FrameInfo(index))]
    (begun,) = events
    assert (begun.kind, begun.task, begun.label, begun.person) == ("begin", "fall", "fall", 2)
    assert begun.end_s is None
    assert begun.probability == np.float32(1 / (1 + np.exp(-3.0)))
    (ended,) = watch.finish()
    assert (ended.kind, ended.id, ended.start_s) == ("end", begun.id, begun.start_s)
    assert ended.end_s is not None
    assert ended.end_s > 2.0
    assert watch.finish() == []
