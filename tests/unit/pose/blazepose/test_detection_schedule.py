"""When and where the detector runs."""

import numpy as np

from laban.core.frame import Frame
from laban.pose.blazepose.detection_schedule import DetectionSchedule, DetectionScheduleSettings, thumbnail


def scene(time_s: float, *, blob_x: int | None = None, brightness: int = 90) -> Frame:
    image = np.full((360, 640, 3), brightness, dtype=np.uint8)
    if blob_x is not None:
        image[150:250, blob_x : blob_x + 60] = 220
    return Frame.from_rgb(image, index=round(time_s * 30), time_s=time_s)


def runs(
    detection_schedule: DetectionSchedule,
    frame: Frame,
    *,
    lost: bool = False,
    followed: list[np.ndarray] | None = None,
) -> int:
    return len(detection_schedule.choose(frame, followed=followed or [], lost_now=lost, lost_lately=lost))


def schedule() -> DetectionSchedule:
    return DetectionSchedule(DetectionScheduleSettings(), input_px=416)


def test_the_first_frame_is_looked_at_everywhere() -> None:
    assert runs(schedule(), scene(0.0)) == 3


def test_nothing_is_looked_at_where_nothing_changes_until_it_is_time() -> None:
    one = schedule()
    seen = [runs(one, scene(index / 30)) for index in range(75)]
    assert [index for index, count in enumerate(seen) if count] == [0, 60]


def test_somebody_who_appears_is_looked_for_within_half_a_second() -> None:
    one = schedule()
    seen = [runs(one, scene(index / 30, blob_x=560 if index >= 5 else None)) for index in range(30)]
    first = next(index for index, count in enumerate(seen) if count and index > 0)
    assert (first - 5) / 30 <= 0.5
    # The whole image and the right square; nothing changed in the left one.
    assert seen[first] == 2


def test_what_moves_within_a_followed_person_needs_no_look() -> None:
    one = schedule()
    body = np.array([200.0, 100.0, 500.0, 300.0])
    seen = [runs(one, scene(index / 30, blob_x=250 + index * 2), followed=[body]) for index in range(40)]
    assert not any(seen[1:])


def test_a_change_of_exposure_is_no_change() -> None:
    one = schedule()
    seen = [runs(one, scene(index / 30, brightness=90 + index)) for index in range(40)]
    assert not any(seen[1:])


def test_somebody_lost_is_looked_for_at_once_and_often() -> None:
    one = schedule()
    assert runs(one, scene(0.0)) == 3
    assert runs(one, scene(1 / 30)) == 0
    assert runs(one, scene(2 / 30), lost=True) == 3


def test_newcomers_are_not_looked_for_when_as_many_are_followed_as_may_be() -> None:
    one = schedule()
    body = np.array([0.0, 100.0, 100.0, 300.0])
    seen = [
        len(
            one.choose(
                scene(index / 30, blob_x=300 + index * 2),
                followed=[body],
                lost_now=False,
                lost_lately=True,
                full=True,
            )
        )
        for index in range(75)
    ]
    assert [index for index, count in enumerate(seen) if count] == [0, 60]


def test_no_squares_where_the_image_is_small_or_upright_enough() -> None:
    upright = Frame.from_rgb(np.zeros((1920, 1080, 3), dtype=np.uint8))
    assert len(schedule().choose(upright, followed=[], lost_now=False, lost_lately=False)) == 1


def test_thumbnails_are_coarse() -> None:
    assert thumbnail(scene(0.0)).shape == (36, 64)


def box_at(x: float, y: float) -> np.ndarray:
    return np.array([x - 20, y - 40, x + 20, y + 40])


def test_around_somebody_are_the_whole_image_and_the_squares_that_hold_them() -> None:
    one, frame = schedule(), scene(0.0)
    whole, left, right = one.choose(frame, followed=[], lost_now=False, lost_lately=False)
    assert one.around(frame, [box_at(40, 180)], besides=()) == (whole, left)
    assert one.around(frame, [box_at(600, 180)], besides=()) == (whole, right)
    assert one.around(frame, [box_at(320, 180)], besides=()) == (whole, left, right)
    assert one.around(frame, [box_at(40, 180), box_at(600, 180)], besides=()) == (whole, left, right)
    assert one.around(frame, [], besides=()) == (whole,)


def test_around_keeps_the_squares_of_the_schedule_first_and_none_twice() -> None:
    one, frame = schedule(), scene(0.0)
    whole, left, right = one.choose(frame, followed=[], lost_now=False, lost_lately=False)
    assert one.around(frame, [box_at(40, 180)], besides=(right, whole)) == (right, whole, left)


def test_the_edges_of_a_square_belong_to_it_and_what_is_outside_the_image_to_none() -> None:
    one, frame = schedule(), scene(0.0)
    whole, left, right = one.choose(frame, followed=[], lost_now=False, lost_lately=False)
    assert one.around(frame, [box_at(0, 0)], besides=()) == (whole, left)
    assert one.around(frame, [box_at(640, 360)], besides=()) == (whole, right)
    assert one.around(frame, [box_at(-1, 180)], besides=()) == (whole,)
    assert one.around(frame, [box_at(40, 361)], besides=()) == (whole,)
