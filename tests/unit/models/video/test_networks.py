"""Networks over time: what a row holds, what comes out, and that order matters where it should."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from laban.core.clock import WindowSpec
from laban.errors import InvalidValueError, UnknownNameError
from laban.models.card import Task
from laban.models.inputs import ClipInput
from laban.models.training.torch_model import TorchModel
from laban.models.video.backbones import untrained
from laban.models.video.backbones.efficientnet_lite0 import EfficientNetLite0
from laban.models.video.backbones.frame import FrameBackbone
from laban.models.video.backbones.small import Small
from laban.models.video.network import ROWS, ClipHead
from laban.models.video.networks import NETWORKS, network_settings
from laban.models.video.settings import ClipTrainingSettings
from laban.models.video.training import PreparedClips, build_clip_network, logits_of, train_clips

TASK = Task("action", ("rises", "falls"))
FRAMES, WIDTH = 8, 6
GIVEN = ClipInput(WindowSpec(length_s=1.0, fps=FRAMES), (64, 64))


def features(count: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Clips whose first feature rises or falls over time before a background of any kind."""
    source = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    ramp = np.linspace(-1, 1, FRAMES) * np.where(labels == 0, 1, -1)[:, None]
    values = source.normal(0, 0.1, (count, FRAMES, WIDTH)) + source.normal(0, 2, (count, 1, WIDTH))
    values[..., 0] += ramp
    return values.astype(np.float32), labels


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_gives_one_vector_a_clip(name: str) -> None:
    head = ClipHead(ClipTrainingSettings(network=name), WIDTH, [TASK]).eval()
    logits, embedding = head(torch.from_numpy(features(3)[0]))
    assert logits.shape == (3, 2)
    assert embedding.shape == (3, head.over_time.width)


def test_rows_hold_what_their_names_say() -> None:
    values = torch.tensor([[[1.0], [4.0], [2.0]]])
    assert ROWS["features"](values) is values
    assert ROWS["steps"](values)[0, :, 0].tolist() == [3.0, 3.0, -2.0]
    assert ROWS["spread"](values)[0, :, 0].tolist() == pytest.approx([-4 / 3, 5 / 3, -1 / 3])
    assert ROWS["distance"](values)[0, :, 0].tolist() == pytest.approx([4 / 3, 5 / 3, 1 / 3])
    assert ROWS["pace"](values)[0, :, 0].tolist() == [3.0, 3.0, 2.0]


def test_settings_of_a_network_are_checked() -> None:
    with pytest.raises(UnknownNameError, match="lrcn"):
        ClipTrainingSettings(network="lrnc")
    with pytest.raises(InvalidValueError, match="does not have"):
        network_settings("lrcn", {"unit": 3})
    with pytest.raises(InvalidValueError, match="dropout"):
        network_settings("mean", {"dropout": 1.5})
    with pytest.raises(UnknownNameError):
        ClipTrainingSettings(backbone="vgg")
    settings = ClipTrainingSettings(network="tcn", options={"inner": 8}, epochs=3)
    assert ClipTrainingSettings.from_dict(settings.to_dict()) == settings


@pytest.mark.parametrize("name", ["lrcn", "tcn"])
def test_the_order_of_frames_is_learned_and_a_background_is_not(name: str) -> None:
    values, labels = features(80)
    settings = ClipTrainingSettings(network=name, epochs=40, versions=1, threads=1)
    clips = PreparedClips(values[None], labels)
    rows = np.arange(80)
    trained = train_clips(
        lambda: Wide(), TASK, clips.take(rows[:60]), clips.take(rows[60:]), settings, given=GIVEN
    )
    new, truth = features(40, seed=9)
    assert (logits_of(trained, new).argmax(1) == truth).mean() > 0.9
    again = train_clips(
        lambda: Wide(), TASK, clips.take(rows[:60]), clips.take(rows[60:]), settings, given=GIVEN
    )
    assert np.array_equal(logits_of(trained, new), logits_of(again, new))


def test_the_mean_knows_no_order() -> None:
    head = ClipHead(ClipTrainingSettings(network="mean"), WIDTH, [TASK]).eval()
    values = torch.from_numpy(features(2)[0])
    with torch.no_grad():
        assert torch.allclose(head(values)[0], head(values.flip(1))[0], atol=1e-6)


def test_a_backbone_that_learns_is_given_pixels() -> None:
    source = np.random.default_rng(0)
    labels = np.arange(24) % 2
    bright = np.where(labels[:, None] == 1, np.linspace(40, 200, FRAMES), np.linspace(200, 40, FRAMES))
    pixels = np.clip(bright[..., None, None, None] + source.normal(0, 5, (24, FRAMES, 64, 64, 3)), 0, 255)
    clips = PreparedClips(pixels.astype(np.uint8)[None], labels)
    settings = ClipTrainingSettings(network="lstm", backbone="small", epochs=1, batch=8, threads=1)
    trained = train_clips(Small, TASK, clips, None, settings, given=GIVEN)
    before = Small().state_dict()["parts.0.0.weight"]
    assert not torch.equal(trained.network.frame.state_dict()["parts.0.0.weight"], before)
    both = TorchModel.of(trained).run(clips.forms[0][:3]).logits[0]
    np.testing.assert_allclose(logits_of(trained, clips.forms[0][:3]), both, atol=1e-5)
    rebuilt = build_clip_network(settings, trained.card)
    rebuilt.load_state_dict(trained.network.state_dict())
    assert trained.card.input == GIVEN


def test_a_pretrained_backbone_stays_as_it_is() -> None:
    assert not EfficientNetLite0().train().training
    assert type(untrained("small")) is Small
    with pytest.raises(UnknownNameError):
        untrained("smal")


class Wide(FrameBackbone):
    """Stands where a backbone would; nothing is seen through it."""

    width = WIDTH

    def __init__(self) -> None:
        super().__init__()
        self.parts = torch.nn.ModuleList()


def test_a_clip_input_is_checked() -> None:
    with pytest.raises(InvalidValueError, match="size_wh"):
        replace(GIVEN, size_wh=(4, 64))
    with pytest.raises(InvalidValueError, match="frames"):
        ClipInput(WindowSpec(length_s=1.0, fps=1.0))
