"""The live image: what is drawn where, in every language, and that nobody's pixels are altered."""

from dataclasses import replace

import numpy as np
import pytest

from laban.core.facing import yaw_deg_of
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.errors import InvalidValueError
from laban.render.coaching.lines import fitted_lines
from laban.render.coaching.live_image import LiveMessages, Shown, draw_live
from laban.render.coaching.marks import DIFFERS, SAME, UNKNOWN, mark_joints
from laban.render.coaching.reference import draw_reference, reference_figure
from laban.render.text import can_write, text_mask

GREY = np.full((480, 640, 3), 90, np.uint8)
WORDS = LiveMessages(
    "Squat", "12", "reps", "Straighten your left elbow, about 20°", score_percent=80.0, phase=0.5
)


@pytest.fixture
def shown(pose: Pose) -> Shown:
    scaled = replace(pose, image_px=pose.image_px / 2, world_m=pose.world_m)
    figure = reference_figure(pose.world_m[None] / 0.5, BLAZEPOSE33)
    return Shown(
        figure, scaled, joints={"left_elbow": "differs", "right_knee": "same", "left_knee": "unknown"}
    )


def near(image: np.ndarray, colour: tuple[int, int, int], *, within: int = 12) -> int:
    """How many pixels are about of a colour."""
    return int((np.abs(image.astype(int) - colour).max(axis=2) <= within).sum())


def test_the_size_depends_on_the_source_alone_and_the_source_stays_as_it_was(shown: Shown) -> None:
    before = GREY.copy()
    with_person = draw_live(GREY, shown, WORDS)
    alone = draw_live(
        GREY, replace(shown, pose=None, joints={}), replace(WORDS, sentence="Hold", level="perfect")
    )
    assert with_person.shape == alone.shape
    assert with_person.dtype == np.uint8
    assert all(side % 2 == 0 for side in with_person.shape[:2])
    np.testing.assert_array_equal(GREY, before)
    np.testing.assert_array_equal(with_person[:480, -640:][:2], GREY[:2])


@pytest.mark.parametrize(("size_hw", "short"), [((180, 320), 480), ((1080, 1920), 720), ((1280, 720), 720)])
def test_small_sources_are_enlarged_and_large_ones_reduced(
    shown: Shown, size_hw: tuple[int, int], short: int
) -> None:
    out = draw_live(np.zeros((*size_hw, 3), np.uint8), replace(shown, pose=None), WORDS)
    high, wide = (round(side * short / min(size_hw)) for side in size_hw)
    assert out.shape[0] == high + 2 * round(0.19 * short / 2)
    assert out.shape[1] == pytest.approx(wide + short // 2, abs=1)


def test_joints_have_the_colour_of_their_verdict(shown: Shown, pose: Pose) -> None:
    image = draw_live(GREY, shown, WORDS)[:480, -640:]
    for joint, colour in (("left_elbow", DIFFERS), ("right_knee", SAME), ("left_knee", UNKNOWN)):
        x, y = (pose.image_px[BLAZEPOSE33.index(joint)] / 2).astype(int)
        assert near(image[y : y + 1, x : x + 1], colour) == 1


def test_a_hidden_joint_has_no_mark(shown: Shown, pose: Pose) -> None:
    assert shown.pose is not None
    visibility = shown.pose.visibility.copy()
    visibility[BLAZEPOSE33.index("left_elbow")] = 0.4
    hidden = replace(shown, pose=replace(shown.pose, visibility=visibility))
    before, after = (draw_live(GREY, one, WORDS)[:480, -640:] for one in (shown, hidden))
    assert near(before, DIFFERS) > 50
    assert near(after, DIFFERS) == 0
    assert near(after, SAME) == near(before, SAME)


def test_a_joint_that_differs_is_larger_than_one_that_does_not(pose: Pose) -> None:
    sizes = {}
    for verdict, colour in (("differs", DIFFERS), ("same", SAME)):
        canvas = np.zeros((720, 1280, 3), np.uint8)
        mark_joints(canvas, pose.image_px, BLAZEPOSE33, {"left_elbow": verdict}, torso_px=120.0)
        sizes[verdict] = near(canvas, colour)
    assert sizes["differs"] > 1.8 * sizes["same"] > 0


def test_unknown_joints_are_left_out(pose: Pose) -> None:
    canvas = np.zeros((720, 1280, 3), np.uint8)
    points = np.full((33, 2), np.nan)
    mark_joints(canvas, points, BLAZEPOSE33, {"left_elbow": "same", "tail": "same"}, torso_px=float("nan"))
    assert not canvas.any()


def test_in_a_mirror_people_change_sides_and_words_do_not(shown: Shown) -> None:
    plain, mirrored = (draw_live(GREY, replace(shown, flipped=flip), WORDS) for flip in (False, True))
    np.testing.assert_array_equal(plain[480:], mirrored[480:])
    rows, columns = np.nonzero(np.abs(plain[:480, -640:].astype(int) - 90).max(axis=2) > 60)
    other_rows, other_columns = np.nonzero(np.abs(mirrored[:480, -640:].astype(int) - 90).max(axis=2) > 60)
    assert columns.mean() == pytest.approx(640 - other_columns.mean(), abs=6)
    assert rows.mean() == pytest.approx(other_rows.mean(), abs=3)


def test_phase_and_level_show(shown: Shown) -> None:
    bar = [draw_live(GREY, shown, replace(WORDS, phase=phase))[480:484].mean() for phase in (0.0, 0.4, 1.0)]
    assert bar == sorted(bar)
    unknown = draw_live(GREY, shown, replace(WORDS, phase=float("nan"), score_percent=float("nan")))
    assert unknown[480:484].mean() == pytest.approx(bar[0])
    praised = draw_live(GREY, shown, replace(WORDS, level="perfect", level_word="PERFECT"))[:480, -640:]
    assert near(praised[:80], SAME) > 500


SENTENCES = (
    "Lower your hips, into line with shoulders and heels, and then some more, as far as you can",
    "어깨와 발뒤꿈치가 일직선이 되도록 엉덩이를 낮추세요",
    "Hạ hông xuống cho thẳng hàng với vai và gót chân",
)


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("room_wh", [(300, 60), (900, 110), (1600, 110)])
def test_sentences_fit_their_room_whole(sentence: str, room_wh: tuple[int, int]) -> None:
    lines = fitted_lines(sentence, room_wh=room_wh, height_px=50, most=2)
    assert " ".join(lines.lines) == sentence
    assert lines.height_px <= room_wh[1]
    assert all(
        text_mask(one, height_px=lines.letters_px, bold=True).shape[1] <= room_wh[0] for one in lines.lines
    )


def test_korean_and_vietnamese_are_drawn_letter_by_letter() -> None:
    for word, other in (("굽히세요", "굽히세오"), ("Gập", "Gấp"), ("HOÀN HẢO", "HOÀN HÁO")):
        assert can_write(word)
        one, two = (text_mask(text, height_px=60, bold=True) for text in (word, other))
        assert one.any()
        assert one.shape != two.shape or (one != two).any()
        assert not one[0].any(), "no letter is cut at the top"


def test_a_figure_stands_on_the_floor_when_it_squats() -> None:
    standing = np.zeros((33, 3))
    standing[BLAZEPOSE33.index("left_ankle"), 1] = 1.8
    squatting = standing.copy()
    squatting[BLAZEPOSE33.index("left_ankle"), 1] = 1.0
    figure = reference_figure(np.stack([standing, squatting]), BLAZEPOSE33)
    assert figure.points[..., 1].max(axis=1).tolist() == [0.0, 0.0]
    assert figure.points[0, 0, 1] < figure.points[1, 0, 1] < 0


def test_a_mirrored_figure_swaps_left_and_right(pose: Pose) -> None:
    figure = reference_figure(pose.world_m[None], BLAZEPOSE33)
    left, right = BLAZEPOSE33.index("left_elbow"), BLAZEPOSE33.index("right_elbow")
    np.testing.assert_allclose(figure.mirrored().points[0, left], figure.points[0, right] * [-1, 1, 1])
    np.testing.assert_allclose(figure.mirrored().mirrored().points, figure.points)


def test_turning_by_what_two_bodies_differ_makes_them_face_one_way(pose: Pose) -> None:
    figure = reference_figure(pose.world_m[None], BLAZEPOSE33)
    assert yaw_deg_of(None, figure.points, BLAZEPOSE33) == pytest.approx(figure.yaw_deg)
    canvas = np.zeros((300, 300, 3), np.uint8)
    drawn = {
        turn: draw_reference(canvas, figure, phase=0.0, turn_deg=turn, floor_rgb=(0, 0, 0))
        for turn in (0.0, 90.0)
    }
    assert (drawn[0.0] != drawn[90.0]).any()
    assert not canvas.any()
    around = draw_reference(canvas, figure, phase=0.0, turn_deg=360.0, floor_rgb=(0, 0, 0))
    assert np.abs(around.astype(int) - drawn[0.0]).mean() < 0.5


def test_two_dimensions_are_drawn_as_they_are_and_nothing_is_refused() -> None:
    flat = np.random.default_rng(0).uniform(-1, 1, (4, 33, 2))
    figure = reference_figure(flat, BLAZEPOSE33)
    assert np.isnan(figure.yaw_deg)
    canvas = np.zeros((200, 200, 3), np.uint8)
    assert draw_reference(canvas, figure, phase=float("nan"), turn_deg=50.0, floor_rgb=(9, 9, 9)).any()
    with pytest.raises(InvalidValueError, match="at least one known joint"):
        reference_figure(np.full((1, 33, 3), np.nan), BLAZEPOSE33)
