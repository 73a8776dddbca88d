"""The models that come with Laban, on generated scenes."""

from functools import partial

import numpy as np
import pytest

from laban.core.sequence import PoseSequence, Recording
from laban.models.deploy.zoo import zoo_names
from laban.models.protocol import SequenceModel
from laban.pipeline.action.predict import open_model
from laban.sources import SyntheticScene
from laban.tasks.action.predict import Predictions, predict_recording

WITH_FALLS = ("fall", "safety")
SCENE = SyntheticScene(people=1, seconds=6.0, fps=30.0, size_wh=(640, 360), falls=1, seed=3)


@pytest.fixture(scope="module")
def models() -> dict[str, SequenceModel]:
    return {name: open_model(name) for name in zoo_names()}


def bystander(times_s: np.ndarray, *, x_px: float, scale: float) -> PoseSequence:
    """Somebody of the scene's first moment who stays where they are, somewhere else and of another size."""
    (one,) = SCENE.recording().people.values()
    still = np.repeat(np.asarray(one.image_px)[:1], len(times_s), axis=0)
    rng = np.random.default_rng(1)
    points = still * scale + [x_px, 40.0] + rng.normal(0, 0.5, still.shape)
    visibility = np.repeat(one.visibility[:1], len(times_s), axis=0)
    return PoseSequence(times_s, one.skeleton, visibility, image_px=points, size_wh=one.size_wh)


def accompanied(recording: Recording, *, x_px: float, scale: float) -> Recording:
    other = bystander(recording.times_s, x_px=x_px, scale=scale)
    return recording.replace(people={**recording.people, 90: other.replace(size_wh=recording.size_wh)})


def said_of_falls(found: Predictions, person: int) -> np.ndarray:
    task = [one.name for one in found.card.tasks].index("fall")
    return np.asarray(found.answers.tasks[task].probabilities[found.answers.person == person])


@pytest.mark.parametrize("name", WITH_FALLS)
@pytest.mark.parametrize(("x_px", "scale"), [(-40.0, 0.9), (120.0, 0.4), (300.0, 1.5)])
def test_who_else_is_in_view_changes_nothing_in_what_is_said_of_a_fall(
    models: dict[str, SequenceModel], name: str, x_px: float, scale: float
) -> None:
    alone = SCENE.recording()
    (person,) = alone.people
    first = predict_recording(models[name], alone)
    second = predict_recording(models[name], accompanied(alone, x_px=x_px, scale=scale))
    assert np.array_equal(said_of_falls(first, person), said_of_falls(second, person))
    falls = partial(filter, lambda span: span.task == "fall" and span.person == person)
    assert list(falls(first.timeline)) == list(falls(second.timeline))


def test_safety_says_of_falls_what_the_fall_model_says(models: dict[str, SequenceModel]) -> None:
    alone = SCENE.recording()
    (person,) = alone.people
    own, joined = (said_of_falls(predict_recording(models[name], alone), person) for name in WITH_FALLS)
    assert joined == pytest.approx(own, abs=1e-5)


def test_each_is_small(models: dict[str, SequenceModel]) -> None:
    from laban.models.deploy.zoo import model_path

    assert all(model_path(name).stat().st_size <= 2_000_000 for name in models)


def test_each_card_says_what_counts(models: dict[str, SequenceModel]) -> None:
    for name, model in models.items():
        counts = str(model.card.about["counts"])
        assert ("Lying is not a fall" in counts) == (name in WITH_FALLS)


@pytest.mark.parametrize("name", ["fight", "safety"])
@pytest.mark.parametrize("x_px", [-40.0, 120.0, 300.0])
def test_nobody_fights_who_falls_alone_or_beside_somebody_who_stands(
    models: dict[str, SequenceModel], name: str, x_px: float
) -> None:
    alone = SCENE.recording()
    for recording in (alone, accompanied(alone, x_px=x_px, scale=0.9)):
        assert [
            span for span in predict_recording(models[name], recording).timeline if span.task == "fight"
        ] == []


@pytest.mark.parametrize(("name", "warned"), [("fall", []), ("fight", ["fight"]), ("safety", ["fight"])])
def test_at_every_third_frame_a_warning_says_that_fights_may_be_missed(
    models: dict[str, SequenceModel], name: str, warned: list[str]
) -> None:
    whole = SCENE.recording()
    people = {person: one.take(slice(None, None, 3)) for person, one in whole.people.items()}
    slow = whole.replace(times_s=whole.times_s[::3], people=people)
    assert predict_recording(models[name], whole).warnings == ()
    assert [one.split()[0] for one in predict_recording(models[name], slow).warnings] == warned
