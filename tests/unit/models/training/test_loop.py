"""The loop serves any task that keeps to the protocol: here one of clips, which has an architecture of its own."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from laban.core.clock import WindowSpec
from laban.errors import ModelError
from laban.models.card import Task
from laban.models.deploy.export import Shown, export
from laban.models.deploy.loading import load_lite_model
from laban.models.inputs import ClipInput
from laban.models.training.loop import Fitted, TrainingProgress, Validation, fit_network
from laban.models.training.schedule import LoopSettings, Stage
from laban.models.training.torch_model import TorchModel
from laban.models.training.trained import carded

GIVEN = ClipInput(WindowSpec(length_s=0.5, fps=8.0), (48, 32))
TASK = Task("light", ("fades", "grows"))
STAGES = (Stage(3, 0.05, warmup=0.2), Stage(2, 0.01))


class Level(nn.Module):
    """The brightness of an image."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return image.mean((1, 2, 3))[:, None] / 255


class Answer(nn.Module):
    """An answer to the brightness of each image of a clip."""

    def __init__(self) -> None:
        super().__init__()
        self.eye, self.answer = nn.Linear(GIVEN.shape[0], 6), nn.Linear(6, 2)

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        embedding = torch.relu(self.eye(features[:, :, 0]))
        return self.answer(embedding), embedding


class Brightness(nn.Module):
    """What sees a frame, and what answers from all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.frame, self.head = Level(), Answer()

    def forward(self, clip: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.head(self.frame(clip.flatten(0, 1)).unflatten(0, clip.shape[:2]))


def clips(count: int = 24) -> tuple[np.ndarray, np.ndarray]:
    labels = np.arange(count) % 2
    source = np.random.default_rng(0)
    ramp = np.linspace(60, 180, GIVEN.shape[0])
    levels = np.where(labels[:, None] == 1, ramp, ramp[::-1]) + source.normal(0, 5, (count, 1))
    pixels = levels[:, :, None, None, None] + source.normal(0, 9, (count, *GIVEN.shape))
    return pixels.clip(0, 255).astype(np.uint8), labels


class ClipTask:
    """The head alone learns first; then all, the eye at half the rate."""

    key: Mapping[str, Any] = {"data": "clips"}
    stages, batch_count = STAGES, 3

    def __init__(self) -> None:
        self.network = Brightness()
        self.begun: list[int] = []
        pixels, labels = clips()
        self.pixels, self.labels = torch.from_numpy(pixels).float(), torch.from_numpy(labels)

    def begin(self, stage: int) -> Any:
        self.begun.append(stage)
        groups = [{"params": self.network.head.answer.parameters()}]
        if stage:
            groups.append({"params": self.network.head.eye.parameters(), "share": 0.5})
        return torch.optim.AdamW(groups, lr=1.0)

    def batches(self, seed: int) -> Iterator[torch.Tensor]:
        order = torch.randperm(len(self.labels), generator=torch.Generator().manual_seed(seed))
        yield from order.tensor_split(self.batch_count)

    def loss(self, batch: torch.Tensor) -> torch.Tensor:
        return nn.functional.cross_entropy(self.network(self.pixels[batch])[0], self.labels[batch])

    def validate(self, network: nn.Module) -> Validation:
        with torch.no_grad():
            logits = network(self.pixels)[0]
        right = (logits.argmax(1) == self.labels).float().mean()
        return Validation(float(nn.functional.cross_entropy(logits, self.labels)), (float(right),))


def fitted(**settings: Any) -> Fitted:
    return fit_network(ClipTask, LoopSettings(threads=1, **settings))


def state(one: Fitted) -> dict[str, torch.Tensor]:
    return one.network.state_dict()


def same(one: Fitted, other: Fitted) -> bool:
    return all(torch.equal(value, state(other)[name]) for name, value in state(one).items())


def test_the_rates_are_those_of_the_stages_and_their_shares() -> None:
    rates: list[list[float]] = []

    class Watched(ClipTask):
        def begin(self, stage: int) -> Any:
            optimizer = super().begin(stage)
            step = optimizer.step

            def noted(*words: Any) -> Any:
                rates.append([group["lr"] for group in optimizer.param_groups])
                return step(*words)

            optimizer.step = noted
            return optimizer

    fit_network(Watched, LoopSettings(threads=1))
    assert len(rates) == 5 * 3
    assert [one[0] for one in rates[:9]] == pytest.approx([STAGES[0].rate_at(at / 9) for at in range(9)])
    assert [one[0] for one in rates[9:]] == pytest.approx([STAGES[1].rate_at(at / 6) for at in range(6)])
    assert all(eye == answer * 0.5 for answer, eye in rates[9:])


def test_a_stage_goes_on_from_the_best_epoch() -> None:
    losses, seen = iter([0.3, 0.1, 0.2, 0.4, 0.5]), list[dict[str, torch.Tensor]]()
    begun: list[dict[str, torch.Tensor]] = []

    def copied(network: nn.Module) -> dict[str, torch.Tensor]:
        return {name: value.clone() for name, value in network.state_dict().items()}

    class Watched(ClipTask):
        def begin(self, stage: int) -> Any:
            begun.append(copied(self.network))
            return super().begin(stage)

        def validate(self, network: nn.Module) -> Validation:
            seen.append(copied(network))
            return Validation(next(losses), (None,))

    made = fit_network(Watched, LoopSettings(threads=1))
    assert made.best_epoch == 2
    assert all(torch.equal(value, seen[1][name]) for name, value in begun[1].items())
    assert all(torch.equal(value, seen[1][name]) for name, value in state(made).items())
    assert not torch.equal(seen[1]["head.answer.weight"], seen[2]["head.answer.weight"])
    assert made.history[2].learning_rate == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("average", [0.0, 0.9])
@pytest.mark.parametrize("epoch", [1, 2, 3, 4])
def test_an_interrupted_training_ends_with_the_same_weights(
    tmp_path: Path, epoch: int, average: float
) -> None:
    path, settings = tmp_path / "state.safetensors", LoopSettings(threads=1, average=average)

    def stop(progress: TrainingProgress) -> None:
        if progress.epoch.number == epoch:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_network(ClipTask, settings, progress=stop, resume=path)
    resumed = fit_network(ClipTask, settings, resume=path)
    assert same(resumed, fitted(average=average))


def test_a_finished_training_is_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    whole = fit_network(ClipTask, LoopSettings(threads=1), resume=path)
    seen: list[TrainingProgress] = []
    again = fit_network(ClipTask, LoopSettings(threads=1), resume=path, progress=seen.append)
    assert not seen
    assert same(whole, again)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    fit_network(ClipTask, LoopSettings(threads=1), resume=path)

    class Other(ClipTask):
        key: Mapping[str, Any] = {"data": "others"}

    with pytest.raises(ModelError, match="other examples or settings; delete it"):
        fit_network(Other, LoopSettings(threads=1), resume=path)


def test_what_is_learned_from_clips_is_exported_as_anything_else(tmp_path: Path) -> None:
    made = fitted()
    trained = carded(
        made,
        name="light",
        architecture="brightness",
        given=GIVEN,
        tasks=(TASK,),
        settings=NoSettings(),
        data="",
    )
    pixels, labels = clips()
    shown = Shown(pixels, labels[:, None], pixels)
    told = [
        export(trained, tmp_path / f"{one}.tflite", shown=shown, precision=one) for one in ("float32", "int8")
    ]
    assert told[0].max_difference < 1e-5
    assert (told[0].agreement, told[0].accuracy, told[0].accuracy_change) == (1.0, (1.0,), (0.0,))
    assert told[0].latency_ms > 0
    model = load_lite_model(told[0].path)
    assert model.card.input == GIVEN
    one, other = model.run(pixels), TorchModel.of(trained).run(pixels)
    np.testing.assert_allclose(one.logits[0], other.logits[0], atol=1e-4)
    np.testing.assert_allclose(one.embedding, other.embedding, atol=1e-4)
    assert [len(part) for part in model.run(pixels[:0]).logits] == [0]


class NoSettings:
    def to_dict(self) -> dict[str, Any]:
        return {}
