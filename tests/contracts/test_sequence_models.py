"""The promises of SequenceModel, asked of every model there is."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from laban.core.clock import WholeClip
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.architectures import ARCHITECTURES
from laban.models.card import Head, ModelCard, Task
from laban.models.deploy.export import Shown, export
from laban.models.deploy.loading import load_lite_model
from laban.models.examples import Clip, Examples
from laban.models.inputs import LandmarkInput
from laban.models.protocol import FunctionModel, Outputs, SequenceModel
from laban.models.training.landmarks import build_network
from laban.models.training.torch_model import TorchModel
from laban.models.training.trained import Trained
from laban.models.training.training_settings import TrainingSettings

LENGTH = 16
TASKS = (Task("fall", ("no", "fall"), "no"), Task("move", ("sit", "walk", "run")))
SPEC = FeatureSpec(skeleton="coco17")
TINY = {
    "lstm": {"units": 8},
    "resnet": {"widths": (8, 8), "rates": (1,), "members": 2, "shares": True, "limit": 4.0},
    "bilstm": {"units": 8},
    "tcn": {"channels": 8, "blocks": 2},
    "transformer": {"width": 8, "layers": 1, "heads": 2},
    "ddnet": {"filters": 4},
    "stgcn": {"channels": 4, "blocks": 2},
    "mlp": {"units": 8, "members": 2},
}
NAMES = ("function", *(f"torch {name}" for name in TINY), "lite lstm", "lite resnet")
Give = Callable[[str], SequenceModel]


def windows(count: int, *, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(count, LENGTH, SPEC.width)).astype(np.float32)
    values[rng.random(values.shape) < 0.2] = np.nan
    return values


def examples() -> Examples:
    count = 6
    return Examples(
        SPEC,
        WholeClip(LENGTH),
        TASKS,
        (Clip("a", "a"),),
        windows(count),
        np.arange(2 * count).reshape(count, 2) % 2,
        np.zeros(count, int),
        np.zeros(count, int),
        np.zeros(count),
    )


def function_model() -> SequenceModel:
    def answer(values: np.ndarray) -> Outputs:
        means = np.nan_to_num(values).mean(axis=1)
        return Outputs((means[:, :2], means[:, 2:5]), means[:, :7])

    return FunctionModel(
        ModelCard("f", "none", LandmarkInput(SPEC, WholeClip(LENGTH)), tuple(Head(task) for task in TASKS)),
        answer,
    )


def torch_model(name: str) -> SequenceModel:
    return TorchModel.of(_untrained(name))


def lite_model(name: str, folder: Path) -> SequenceModel:
    path = folder / f"{name}.tflite"
    export(_untrained(name), path, shown=Shown.of(examples()))
    return load_lite_model(path, threads=2)


def _untrained(name: str) -> Trained:
    settings = TrainingSettings(architecture=name, options=TINY[name])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        network = build_network(settings, examples()).eval()
    card = ModelCard(name, name, LandmarkInput(SPEC, WholeClip(LENGTH)), tuple(Head(task) for task in TASKS))
    return Trained(network, card, settings, (), 0)


@pytest.fixture(scope="module")
def give(tmp_path_factory: pytest.TempPathFactory) -> Give:
    """A model by name, made once."""
    made: dict[str, SequenceModel] = {}

    def model(name: str) -> SequenceModel:
        if name not in made:
            kind, _, architecture = name.partition(" ")
            if kind == "function":
                made[name] = function_model()
            elif kind == "torch":
                made[name] = torch_model(architecture)
            else:
                made[name] = lite_model(architecture, tmp_path_factory.mktemp("models"))
        return made[name]

    return model


@pytest.fixture(params=NAMES)
def model(request: pytest.FixtureRequest, give: Give) -> SequenceModel:
    return give(request.param)


def same(one: Outputs, other: Outputs, *, tolerance: float = 0.0) -> None:
    for left, right in zip((*one.logits, one.embedding), (*other.logits, other.embedding), strict=True):
        np.testing.assert_allclose(left, right, rtol=0, atol=tolerance)


def test_every_architecture_is_asked() -> None:
    assert set(TINY) == set(ARCHITECTURES)


def test_each_task_has_as_many_answers_as_labels(model: SequenceModel) -> None:
    outputs = model.run(windows(3))
    assert [one.shape for one in outputs.logits] == [(3, 2), (3, 3)]
    assert len(outputs) == 3
    assert outputs.embedding.shape[1] > 0
    assert {one.dtype for one in (*outputs.logits, outputs.embedding)} == {np.dtype(np.float32)}
    assert model.card.tasks == TASKS


def test_an_answer_does_not_depend_on_the_company(model: SequenceModel) -> None:
    together = model.run(windows(5))
    for index in range(5):
        alone = model.run(windows(5)[index : index + 1])
        of_it = Outputs(
            tuple(one[index : index + 1] for one in together.logits), together.embedding[index : index + 1]
        )
        same(alone, of_it, tolerance=1e-5)


def test_different_windows_have_different_answers(model: SequenceModel) -> None:
    outputs = model.run(windows(2))
    assert not np.allclose(outputs.embedding[0], outputs.embedding[1])


def test_no_windows_have_no_answers(model: SequenceModel) -> None:
    outputs = model.run(windows(0))
    width = model.run(windows(1)).embedding.shape[1]
    assert [one.shape for one in outputs.logits] == [(0, 2), (0, 3)]
    assert outputs.embedding.shape == (0, width)


def test_nothing_known_has_a_finite_answer(model: SequenceModel) -> None:
    values = np.full((2, LENGTH, SPEC.width), np.nan, dtype=np.float32)
    outputs = model.run(values)
    assert all(np.isfinite(one).all() for one in (*outputs.logits, outputs.embedding))


def test_the_same_windows_have_the_same_answers(model: SequenceModel) -> None:
    same(model.run(windows(4)), model.run(windows(4)))


def test_the_windows_are_left_as_they_were(model: SequenceModel) -> None:
    values = windows(3)
    model.run(values)
    assert np.array_equal(values, windows(3), equal_nan=True)


def test_several_threads_may_ask_at_once(model: SequenceModel) -> None:
    questions = [windows(3, seed=seed) for seed in range(6)]
    alone = [model.run(values) for values in questions]
    with ThreadPoolExecutor(4) as pool:
        for one, other in zip(alone, pool.map(model.run, questions), strict=True):
            same(one, other)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "function"])
@pytest.mark.parametrize(
    "shape", [(LENGTH, SPEC.width), (1, LENGTH + 1, SPEC.width), (1, LENGTH, SPEC.width - 1)]
)
def test_windows_of_another_shape_are_refused(name: str, shape: tuple[int, ...], give: Give) -> None:
    with pytest.raises(InvalidValueError, match="values must have shape"):
        give(name).run(np.zeros(shape, dtype=np.float32))
