"""What is asked of movements is not asked of a model of images."""

import pytest

from laban.errors import ModelError
from laban.models.card import Head, ModelCard, Task
from laban.models.inputs import ImageInput
from laban.models.protocol import FunctionModel
from laban.pipeline.action.predict import open_model, predict
from laban.sources import SyntheticScene


def test_a_model_of_images_is_refused_in_one_line() -> None:
    card = ModelCard("desk", "efficientnet_lite0", ImageInput(), (Head(Task("class", ("a", "b"))),))
    model = FunctionModel(card, lambda values: values)  # type: ignore[arg-type, return-value]
    words = "desk is a model of single images, expected one of landmarks over time"
    with pytest.raises(ModelError, match=words):
        open_model(model)
    with pytest.raises(ModelError, match=words):
        predict(model, SyntheticScene(people=1, seconds=1.0).recording())
