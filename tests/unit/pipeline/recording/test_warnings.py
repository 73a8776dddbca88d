"""What is said of recordings that cannot be right, and of people lost in mid-image."""

import numpy as np
import pytest

from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import COCO17
from laban.pipeline.recording.warnings import (
    Loss,
    doubts_of,
    find_losses,
    lost_words,
    upside_down_words,
)

SIZE_WH = (640, 480)
SHAPE = np.stack([np.linspace(-20, 20, 17), np.linspace(-75, 75, 17)], axis=1)


def standing(
    x_px: float = 320.0, *, seconds: float = 6.0, gone: tuple[float, float] | None = None
) -> PoseSequence:
    """Somebody 150 pixels tall at ``x_px``, not seen from and to ``gone`` seconds."""
    times_s = np.arange(round(seconds * 10)) / 10
    points = np.tile(SHAPE + np.array([x_px, 240.0]), (len(times_s), 1, 1))
    if gone is not None:
        points[(times_s > gone[0] - 1e-6) & (times_s < gone[1] - 1e-6)] = np.nan
    return PoseSequence(times_s, COCO17, np.ones((len(times_s), 17)), image_px=points, size_wh=SIZE_WH)


def recording(*people: PoseSequence) -> Recording:
    return Recording("x", people[0].times_s, dict(enumerate(people)), size_wh=SIZE_WH)


def test_who_is_not_followed_in_mid_image_is_lost_until_they_are_seen_again() -> None:
    one = recording(standing(gone=(2.0, 4.0)))
    assert find_losses(one) == (Loss(0, 1.9, 4.0),)
    assert lost_words(one) == (
        "person 0 is lost in mid-image from 1.90 to 4.00 s; their movement meanwhile is not evaluated",
    )


def test_who_never_comes_back_is_lost_to_the_end() -> None:
    assert find_losses(recording(standing(gone=(2.0, 9.0)))) == (Loss(0, 1.9, 5.9),)


@pytest.mark.parametrize(
    "sequence",
    [
        standing(),
        standing(gone=(2.0, 2.8)),
        standing(x_px=40.0, gone=(2.0, 4.0)),
        standing(x_px=605.0, gone=(2.0, 4.0)),
        standing().replace(image_px=None, world_m=np.zeros((60, 17, 3))),
    ],
    ids=["seen", "a moment", "left", "right", "no pixels"],
)
def test_nobody_is_lost_who_is_seen_or_may_have_left(sequence: PoseSequence) -> None:
    assert find_losses(recording(sequence)) == ()


def test_who_goes_on_under_another_number_is_not_lost() -> None:
    gone = standing(gone=(2.0, 9.0))
    assert find_losses(recording(gone, standing(x_px=330.0, gone=(0.0, 2.2)))) == ()
    assert len(find_losses(recording(gone, standing(x_px=500.0)))) == 1


def test_of_several_the_longest_is_named_and_the_others_are_counted() -> None:
    (words,) = lost_words(recording(standing(100.0, gone=(1.0, 2.5)), standing(400.0, gone=(1.0, 5.0))))
    assert words.startswith("person 1 is lost in mid-image from 0.90 to 5.00 s, and 1 more such times;")


def test_doubts_are_of_everybody_or_of_the_one_that_is_named() -> None:
    wide = standing().replace(image_px=standing().image_px * (1.0, 0.5))  # type: ignore[operator]
    jumps = np.array(wide.image_px)
    jumps[30:] += 250.0
    one = recording(wide, wide.replace(image_px=jumps))
    told = "person 1 jumps through the image at 3.00 s"
    assert doubts_of(one) == (told,)
    assert doubts_of(one, person=1) == (told,)
    assert doubts_of(one, person=0) == ()


def test_of_many_doubts_the_rest_is_counted() -> None:
    jumps = np.array(standing().image_px)
    jumps[30:] += 250.0
    found = doubts_of(recording(*[standing().replace(image_px=jumps + 10.0 * index) for index in range(5)]))
    assert len(found) == 3
    assert found[-1] == "3 more of this kind; `laban show` lists them"


def turned(body: PoseSequence, *, rows: slice) -> PoseSequence:
    """The body upside down in some rows."""
    assert body.image_px is not None
    points = np.array(body.image_px)
    points[rows, :, 1] = SIZE_WH[1] - points[rows, :, 1]
    return body.replace(image_px=points)


@pytest.mark.parametrize(
    ("rows", "warned"),
    [(slice(0, 0), False), (slice(0, 30), False), (slice(0, 57), True), (slice(None), True)],
)
def test_bodies_on_their_heads_throughout_are_warned_of(rows: slice, warned: bool) -> None:
    words = upside_down_words(recording(turned(standing(), rows=rows)))
    assert bool(words) == warned
    assert not warned or "the camera was upside down" in words[0]
