"""A class added to a recogniser from pixels from a few clips."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.pipeline.video.test_stream import KINDS, Lit

from laban.core.arrays import Float32Array
from laban.errors import InvalidValueError, SourceError
from laban.models.embedding_space import STATISTICS, embedding_statistics
from laban.models.protocol import ClipModel, Outputs
from laban.models.prototypes import ClipsWithPrototypes, with_prototypes
from laban.pipeline.video.add_class import add_class_from_clips
from laban.pipeline.video.prediction import ClipRecogniser, clip_recogniser
from laban.render.video import write_video

COLOURS = {"lit": (230, 120, 120), "dark": (20, 120, 120), "red": (120, 230, 20), "blue": (120, 20, 230)}


class Coloured(Lit):
    """Its embedding is the mean colour of a clip, ``repeated`` times."""

    def __init__(self, *, repeated: int = 1) -> None:
        super().__init__(KINDS)
        self._repeated = repeated

    def features(self, images: np.ndarray, /) -> Float32Array:
        return images.mean((1, 2), dtype=np.float32)

    def answers(self, features: Float32Array, /) -> Outputs:
        colour = features.mean(1)
        logits = (colour[:, :1] - 120) / 20 * np.array([[1, -1]], np.float32)
        return Outputs((logits,), np.tile(colour, self._repeated))


def clip(path: Path, colour: str, *, seed: int, seconds: float = 1.0) -> Path:
    source = np.random.default_rng(seed)
    shade = np.array(COLOURS[colour]) + source.normal(0, 3, 3)
    images = (shade + source.normal(0, 4, (32, 32, 3)) for _ in range(round(10 * seconds)))
    write_video(
        path, ((index / 10, np.clip(image, 0, 255).astype(np.uint8)) for index, image in enumerate(images))
    )
    return path


def recogniser(*, repeated: int = 1) -> ClipRecogniser:
    model = Coloured(repeated=repeated)
    if repeated == 1:
        source = np.random.default_rng(0)
        labels = np.arange(60) % 2
        seen = np.array([COLOURS["lit"], COLOURS["dark"]])[labels] + source.normal(0, 5, (60, 3))
        model.card = replace(model.card, about={STATISTICS: {"light": embedding_statistics(seen, labels)}})
    found = clip_recogniser(model)
    assert found is not None
    return found


def label_of(model: ClipModel, path: Path) -> str:
    found = clip_recogniser(model)
    assert found is not None
    (span,) = found.predict(path).timeline
    return span.label


def test_clips_like_those_given_are_of_the_new_class_and_others_as_before(tmp_path: Path) -> None:
    given = [clip(tmp_path / f"{seed}.mp4", "red", seed=seed) for seed in range(3)]
    steps: list[float] = []
    made = add_class_from_clips(recogniser(), " red ", given, progress=lambda done, _: steps.append(done))
    assert steps == [1, 2, 3]
    assert isinstance(made, ClipsWithPrototypes)
    assert made.card.tasks[0].labels == ("lit", "dark", "red")
    for colour, label in (("red", "red"), ("lit", "lit"), ("dark", "dark"), ("blue", "dark")):
        assert label_of(made, clip(tmp_path / "new.mp4", colour, seed=9)) == label, colour
    two = add_class_from_clips(
        ClipRecogniser(made, recogniser().given, made.card.heads[0]),
        "blue",
        [clip(tmp_path / "b.mp4", "blue", seed=1, seconds=4.0)],
    )
    assert [one.label for one in two.prototypes] == ["red", "blue"]
    again = with_prototypes(replace_card(Coloured(), two))
    assert label_of(again, clip(tmp_path / "new.mp4", "blue", seed=9)) == "blue"


def replace_card(model: Coloured, made: ClipsWithPrototypes) -> Coloured:
    model.card = made.base_card
    return model


def test_what_cannot_be_added_is_refused(tmp_path: Path) -> None:
    red = clip(tmp_path / "a.mp4", "red", seed=1)
    with pytest.raises(InvalidValueError, match="a name of its own"):
        add_class_from_clips(recogniser(), "lit", [tmp_path / "never read.mp4"])
    with pytest.raises(SourceError):
        add_class_from_clips(recogniser(), "red", [red, tmp_path / "none.mp4"])
    with pytest.raises(InvalidValueError, match=r"describes a clip by 600 numbers.*--network lrcn"):
        add_class_from_clips(recogniser(repeated=200), "red", [red])
    with pytest.raises(InvalidValueError, match="holds no statistics"):
        add_class_from_clips(recogniser(repeated=2), "red", [red])
