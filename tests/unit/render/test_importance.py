"""A person drawn by the importance of the joints."""

import numpy as np
import pytest

from laban.core.pose import Pose
from laban.core.skeleton import skeleton
from laban.errors import InvalidValueError
from laban.render.importance import around, draw_importance, draw_instants, importance_rgb

BODY = skeleton("coco17")
WRIST = BODY.index("left_wrist")
GREY = np.full((240, 320, 3), 120, np.uint8)


def somebody(**changes):
    points = np.stack([100 + 6.0 * np.arange(17), 40 + 10.0 * np.arange(17)], axis=1)
    return Pose(BODY, **({"image_px": points, "visibility": np.ones(17), "person": 0} | changes))


def weights(value=1.0):
    out = np.zeros(17)
    out[WRIST] = value
    return out


def near(image, joint):
    x, y = somebody().image_px[joint].astype(int)
    return image[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3).mean(axis=0)


def test_an_important_joint_is_red_and_large():
    calm, drawn = (
        draw_importance(GREY, somebody(), np.zeros(17)),
        draw_importance(GREY, somebody(), weights()),
    )
    assert near(drawn, WRIST) == pytest.approx(importance_rgb(1.0), abs=25)
    assert near(calm, WRIST) == pytest.approx(importance_rgb(0.0), abs=25)
    red = (drawn[..., 0].astype(int) - drawn[..., 2]) > 100
    assert red.sum() > 30
    assert (drawn[200:] == calm[200:]).mean() > 0.95


def test_the_image_given_stays_as_it_was():
    before = GREY.copy()
    draw_importance(GREY, somebody(), weights(), label="wave 0.9")
    assert np.array_equal(GREY, before)


def test_what_is_nan_or_too_large_is_drawn_all_the_same():
    odd = weights(7.0)
    odd[0] = np.nan
    assert np.array_equal(
        draw_importance(GREY, somebody(), odd), draw_importance(GREY, somebody(), weights())
    )


def test_joints_that_are_not_seen_are_left_out():
    points = somebody().image_px.copy()
    points[:] = np.nan
    nobody = draw_importance(GREY, somebody(image_px=points), weights())
    assert len(np.unique(nobody.reshape(-1, 3), axis=0)) == 1


@pytest.mark.parametrize(
    ("image", "weight"),
    [
        (GREY[..., 0], weights()),
        (GREY.astype(float), weights()),
        (GREY, np.zeros(16)),
        (GREY, np.full(17, np.inf)),
    ],
)
def test_what_cannot_be_drawn_is_refused(image, weight):
    with pytest.raises(InvalidValueError):
        draw_importance(image, somebody(), weight)


def test_instants_stand_side_by_side():
    row = draw_instants([GREY, GREY[:, :160]], height_px=120, title="a title " * 40)
    assert row.shape[1] == 160 + 80 + 3 * 10
    with pytest.raises(InvalidValueError, match="no instants"):
        draw_instants([])


def test_the_part_around_a_person_holds_them():
    left, top, right, bottom = around(somebody(), (320, 240))
    points = somebody().image_px
    assert left <= points[:, 0].min()
    assert right >= points[:, 0].max()
    assert (top, bottom) == (0, 240)
    assert around(somebody(image_px=np.full((17, 2), np.nan)), (320, 240)) == (0, 0, 320, 240)
    outside = around(somebody(image_px=np.full((17, 2), 900.0)), (320, 240))
    assert outside[0] < outside[2] <= 320
