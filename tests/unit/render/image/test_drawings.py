"""Drawings of labels, evidence and answers: new images that show what they should."""

import numpy as np

from laban.core.skeleton import COCO17
from laban.render.image.answers import Marked, draw_answers
from laban.render.image.heat import draw_evidence
from laban.render.image.labelled import Labelled, draw_labelled
from laban.render.report.bar_charts import bars, histogram


def grey(width: int = 200, height: int = 160) -> np.ndarray:
    return np.full((height, width, 3), 128, np.uint8)


def test_evidence_for_is_orange_and_against_is_blue() -> None:
    held = np.zeros((7, 7), np.float32)
    held[0, 0], held[6, 6] = 1.0, -1.0
    image = grey()
    out = draw_evidence(image, held).astype(int)
    assert (image == 128).all()
    assert out[2, 2, 0] > out[2, 2, 2] + 40
    assert out[-3, -3, 2] > out[-3, -3, 0] + 40
    assert np.abs(out[80, 100] - 128).max() <= 2


def test_no_evidence_leaves_the_image_pale() -> None:
    out = draw_evidence(grey(), np.zeros((7, 7), np.float32))
    assert np.abs(out.astype(int) - 128).max() <= 1


def test_labels_are_drawn_at_the_width_asked_for_and_the_image_stays() -> None:
    image = grey(400, 300)
    joints = np.random.default_rng(0).uniform(60, 200, (17, 2))
    person = Labelled("upright", np.array([40.0, 40, 220, 260]), joints, np.full(len(COCO17), 2))
    out = draw_labelled(image, [person], width_px=200)
    assert out.shape == (150, 200, 3)
    assert (image == 128).all()
    assert (out != 128).any(axis=2).sum() > 500


def test_joints_of_no_known_skeleton_are_dots_and_an_image_has_its_label() -> None:
    dots = Labelled("", None, np.array([[50.0, 50.0], [150, 100]]), np.array([2, 0]))
    out = draw_labelled(grey(), [dots], width_px=200)
    assert (out[50, 50] != 128).any()
    assert (out[100, 150] == 128).all()
    named = draw_labelled(grey(), [Labelled("slumped")], width_px=200)
    assert (named[:40] != 128).any()


def test_answers_stand_at_the_box_and_what_was_looked_at_beside() -> None:
    class_activation = np.full((64, 64, 3), 30, np.uint8)
    answers = [Marked("upright 97 %", 0, np.array([20.0, 40, 120, 150]), class_activation)]
    out = draw_answers(grey(), answers)
    assert out.shape[0] == 160
    assert out.shape[1] > 200 + 100
    assert (out[:, :200] != 128).any()
    assert draw_answers(grey(), [Marked("lying 60 %", 0)]).shape == (160, 200, 3)


def test_a_large_image_is_drawn_smaller() -> None:
    assert max(draw_answers(grey(3000, 1000), [], most_px=600).shape) == 600


def test_no_name_becomes_markup() -> None:
    drawn = bars([("<script>", [3, 1], "<b>")], label="<i>")
    assert "<script>" not in drawn
    assert "<b>" not in drawn
    assert drawn.count("<rect") == 2


def test_a_histogram_counts_everything_once() -> None:
    drawn = histogram([1.0, 1.0, 5.0, 9.0], unit="px", label="heights", bins=4)
    counts = [int(part.split(" from ")[0]) for part in drawn.split("<title>")[1:]]
    assert sum(counts) == 4
    assert histogram([], unit="px", label="none").count("<rect") == 24
