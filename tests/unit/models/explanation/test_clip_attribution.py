"""Explanations of clips whose reasons are known: a square that moves, or stands still, in one corner."""

import numpy as np
import pytest

from laban.core.clock import WindowSpec
from laban.errors import InvalidValueError, UnknownNameError
from laban.models.card import Task
from laban.models.explanation.clip_attribution import ClipExplanationSettings, explain_clip
from laban.models.explanation.places import PLACE_FILLS, fill_of, hidden_at, patches
from laban.models.inputs import ClipInput

FRAMES, HEIGHT, WIDTH, CELL = 20, 80, 112, 8
MOVES = slice(10, 15)
CORNER = {(0, 0), (0, 1), (1, 0)}


def walled(*, seed=0):
    """A wall of any colours and the noise of a camera."""
    source = np.random.default_rng(seed)
    cells = source.normal(0, 20, (HEIGHT // CELL, WIDTH // CELL, 3))
    wall = source.integers(80, 170, 3) + np.kron(cells, np.ones((CELL, CELL, 1)))
    return wall + source.normal(0, 4, (FRAMES, HEIGHT, WIDTH, 3))


def moving(*, seed=0):
    """A yellow square that moves in the upper left corner, in a quarter of the time."""
    images = walled(seed=seed)
    for at, frame in enumerate(range(MOVES.start, MOVES.stop)):
        images[frame, 2 + 3 * (at % 2) :, 2 + 2 * at :][:12, :12] = (240, 240, 30)
    return np.clip(images, 0, 255).astype(np.uint8)


def standing(*, seed=0):
    """The square stands there all the time."""
    images = walled(seed=seed)
    images[:, 4:16, 4:16] = (240, 240, 30)
    return np.clip(images, 0, 255).astype(np.uint8)


class Looks:
    """Sees the mean of each cell, and hears ``evidence`` (N,) in the features (N, T, F); counts the frames."""

    def __init__(self, evidence):
        self.evidence, self.seen = evidence, 0

    def features(self, images):
        self.seen += len(images)
        cells = images.reshape(len(images), HEIGHT // CELL, CELL, WIDTH // CELL, CELL, 3)
        return cells.mean((2, 4)).reshape(len(images), -1).astype(np.float32) / 255

    def logits(self, features):
        heard = self.evidence(features)
        return np.stack([np.zeros_like(heard), heard], axis=1)


def movement():
    """How much anything moves, anywhere."""
    return Looks(lambda features: np.square(np.diff(features, axis=1)).sum(axis=(1, 2)) - 1)


def yellow():
    """How much more red than blue there is in the mean of the clip, at the strongest place."""
    return Looks(
        lambda features: 10 * np.ptp(features.mean(1).reshape(len(features), -1, 3), axis=2).max(1) - 5
    )


def test_the_place_and_the_frames_that_decide_are_named() -> None:
    found = explain_clip(movement(), moving(), label=1)
    assert found.order[0] in CORNER
    frame, *place = (int(at) for at in np.unravel_index(found.map.argmax(), found.map.shape))
    assert MOVES.start - 1 <= frame <= MOVES.stop
    assert tuple(place) in CORNER
    assert MOVES.start - 1 <= found.peak <= MOVES.stop
    first, last = found.spans()[0]
    assert first >= MOVES.start - 2
    assert last <= MOVES.stop + 2
    assert found.looked_at.all()


def test_what_stands_there_all_the_time_is_evidence_of_a_place_and_of_no_moment() -> None:
    found = explain_clip(yellow(), standing())
    assert found.label == 1
    assert found.order[0] in CORNER
    assert found.places.max() > 1
    assert found.map.max() < 0.2 * found.places.max()
    assert found.spans() == ()


def test_each_fill_is_wrong_where_the_other_is_right() -> None:
    """A blur put over a place for a moment is a change of its own; a mean over time hides nothing that stands."""
    both = ClipExplanationSettings(moment_fill="blur", always_fill="still")
    moved = explain_clip(movement(), moving(), label=1, settings=both)
    right = explain_clip(movement(), moving(), label=1)
    wrong_share, right_share = (
        np.abs(one.map[MOVES, :2, :2]).sum() / np.abs(one.map).sum() for one in (moved, right)
    )
    assert right_share > 0.6 > 3 * wrong_share
    stood = explain_clip(yellow(), standing(), settings=both)
    assert np.abs(stood.places).max() < 0.1 * explain_clip(yellow(), standing()).places.max()


@pytest.mark.parametrize("network", ["lrcn", "attention"])
def test_networks_that_learned_it_say_so(network: str) -> None:
    torch = pytest.importorskip("torch")
    from laban.models.video.backbones.frame import FrameBackbone
    from laban.models.video.settings import ClipTrainingSettings
    from laban.models.video.training import PreparedClips, train_clips

    looks = movement()

    class Grid(FrameBackbone):
        width = 3 * (HEIGHT // CELL) * (WIDTH // CELL)

        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleList()

    clips = [
        moving(seed=seed) if seed % 2 else walled(seed=seed).clip(0, 255).astype(np.uint8)
        for seed in range(32)
    ]
    forms = np.stack([looks.features(clip) for clip in clips])[None]
    trained = train_clips(
        Grid,
        Task("a", ("still", "moves")),
        PreparedClips(forms, np.arange(32) % 2),
        None,
        ClipTrainingSettings(network=network, epochs=25, batch=16, versions=1, threads=1),
        given=ClipInput(WindowSpec(length_s=4.0, hop_s=1.0, fps=5.0), (WIDTH, HEIGHT)),
    )
    head = trained.network.eval().head

    def logits(features):
        with torch.no_grad():
            return head(torch.from_numpy(features))[0].numpy()

    looks.logits = logits
    found = explain_clip(looks, moving(seed=901))
    assert found.label == 1
    assert found.order[0] in CORNER
    frame, *place = (int(at) for at in np.unravel_index(found.map.argmax(), found.map.shape))
    assert tuple(place) in CORNER
    assert MOVES.start - 1 <= frame <= MOVES.stop
    assert MOVES.start - 1 <= found.peak <= MOVES.stop


def test_the_work_is_bounded_and_told() -> None:
    looks, told = movement(), []
    settings = ClipExplanationSettings(grid_wh=(4, 3), moments=5)
    found = explain_clip(looks, moving(), settings=settings, progress=lambda *at: told.append(at))
    assert found.looked_at.sum() == 5
    assert not found.map[~found.looked_at].any()
    assert looks.seen == FRAMES + 12 * (FRAMES + 5)
    assert told[-1] == (12 * (FRAMES + 5),) * 2
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_the_same_clip_has_the_same_explanation() -> None:
    one, other = (explain_clip(movement(), moving()) for _ in range(2))
    assert np.array_equal(one.map, other.map)
    assert np.array_equal(one.places, other.places)
    assert np.array_equal(one.times, other.times)


def test_evidence_against_is_negative() -> None:
    found = explain_clip(movement(), moving(), label=0)
    assert found.score < 0.5
    assert found.places.min() < -1


def test_patches_cover_the_image_and_hide_what_they_cover() -> None:
    strengths = patches((7, 5), (WIDTH, HEIGHT))
    assert strengths.shape == (35, HEIGHT, WIDTH)
    assert strengths.max(axis=0).min() == 1.0
    assert strengths.max() <= 1.0
    assert strengths[0, 0, 0] == 1.0
    assert strengths[0, HEIGHT // 2].max() == 0.0
    images = moving()
    still = fill_of(images, fill="still")
    hidden = hidden_at(images[0], still, strengths[0])
    assert np.array_equal(hidden[0, 0], np.rint(still[0, 0]))
    assert np.array_equal(hidden[-1], images[0][-1])
    blur = fill_of(images, fill="blur")
    assert blur.std(axis=(0, 1)).max() < 0.5 * still.std(axis=(0, 1)).min()


@pytest.mark.parametrize(
    "wrong", [{"grid_wh": (0, 5)}, {"span": 0.0}, {"moments": 0}], ids=lambda one: next(iter(one))
)
def test_settings_out_of_range_are_refused(wrong: dict) -> None:
    with pytest.raises(InvalidValueError):
        ClipExplanationSettings(**wrong)


def test_an_unknown_fill_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="still"):
        ClipExplanationSettings(moment_fill="stil")
    assert set(PLACE_FILLS) == {"still", "blur"}
