"""Clips without their people, and people without their scene."""

import numpy as np

from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import skeleton
from laban.pipeline.video.masking import people_alone, people_masks, without_people

BODY = skeleton("blazepose33")
FRAMES, WIDTH, HEIGHT = 12, 80, 60
TIMES_S = np.arange(FRAMES) / 10


def person(*, lefts, top=80.0, size=40.0, gone=()):
    """Landmarks spread over a square, whose left edge moves; unknown in the rows ``gone``."""
    spread = np.random.default_rng(0).uniform(0, size, (len(BODY), 2))
    spread[0], spread[1] = 0, size
    points = spread[None] + np.stack([np.asarray(lefts, float), np.full(len(lefts), top)], axis=1)[:, None]
    points[list(gone)] = np.nan
    seen = np.ones((len(lefts), len(BODY)))
    times_s = np.arange(len(lefts)) / 10
    return PoseSequence(times_s, BODY, seen, image_px=points, size_wh=(2 * WIDTH, 2 * HEIGHT))


def recording(**people) -> Recording:
    held = dict(enumerate(people.values()))
    return Recording("clip.mp4", TIMES_S, held, size_wh=(2 * WIDTH, 2 * HEIGHT))


def scene(*, seed=0):
    """(T, H, W, 3) a still scene of patches."""
    patches = np.random.default_rng(seed).integers(60, 200, (HEIGHT // 10, WIDTH // 10, 3))
    return np.broadcast_to(np.kron(patches, np.ones((10, 10, 1))), (FRAMES, HEIGHT, WIDTH, 3)).astype(
        np.uint8
    )


def test_masks_are_boxes_a_little_larger_than_the_landmarks_in_the_size_of_the_frames() -> None:
    masks = people_masks(recording(one=person(lefts=np.full(FRAMES, 60.0))), TIMES_S, size_wh=(WIDTH, HEIGHT))
    assert masks.shape == (FRAMES, HEIGHT, WIDTH)
    rows, columns = np.flatnonzero(masks[3].any(axis=1)), np.flatnonzero(masks[3].any(axis=0))
    assert columns[0] == 30 - 3
    assert columns[-1] == 50 + 3 - 1
    assert rows[0] == 40 - 5
    assert rows[-1] == HEIGHT - 1  # the box ends at the edge of the image


def test_masks_follow_the_images_where_bars_were_left_out() -> None:
    somebody = recording(one=person(lefts=np.full(FRAMES, 60.0)))
    whole = people_masks(somebody, TIMES_S, size_wh=(WIDTH, HEIGHT))
    half = people_masks(somebody, TIMES_S, size_wh=(WIDTH, HEIGHT), inside=(0.0, 0.5, 1.0, 1.0))
    assert np.array_equal(half[0].any(axis=0), whole[0].any(axis=0))
    assert np.flatnonzero(half[0].any(axis=1))[0] == 2 * (40 - 5 - HEIGHT // 2)


def test_a_person_who_is_missed_for_a_moment_stays_masked_and_one_who_left_does_not() -> None:
    known = person(lefts=np.full(FRAMES, 60.0), gone=(4, 5))
    assert people_masks(recording(one=known), TIMES_S, size_wh=(WIDTH, HEIGHT)).any(axis=(1, 2)).all()
    left = person(lefts=[60.0, 60.0, 60.0])
    seen = people_masks(recording(one=left), TIMES_S, size_wh=(WIDTH, HEIGHT)).any(axis=(1, 2))
    assert seen.tolist() == [time_s <= 0.7 + 1e-9 for time_s in TIMES_S]
    assert not people_masks(recording(), TIMES_S, size_wh=(WIDTH, HEIGHT)).any()


def test_people_leave_no_trace_where_the_scene_is_seen_without_them() -> None:
    images = scene().copy()
    masks = people_masks(
        recording(one=person(lefts=np.arange(FRAMES) * 10.0)), TIMES_S, size_wh=(WIDTH, HEIGHT)
    )
    images[masks] = np.random.default_rng(1).integers(0, 255, (int(masks.sum()), 3))
    empty = without_people(images, masks)
    known = (~masks).any(axis=0)
    difference = np.abs(empty.astype(int) - scene().astype(int))[:, known]
    assert difference.max() <= 1
    assert np.ptp(empty[:, known], axis=0).max() <= 1


def test_where_somebody_always_is_the_colours_around_are_shown() -> None:
    images = np.full((FRAMES, HEIGHT, WIDTH, 3), 100, np.uint8)
    images[:, :, WIDTH // 2 :] = 180
    masks = np.zeros((FRAMES, HEIGHT, WIDTH), bool)
    masks[:, 20:40, 60:75] = True
    images[masks] = 0
    empty = without_people(images, masks)
    assert np.abs(empty[masks].astype(int) - 180).max() <= 10
    masks[:] = True
    assert len(np.unique(without_people(images, masks).reshape(-1, 3), axis=0)) == 1


def test_people_alone_stand_before_the_same_grey_in_every_clip() -> None:
    masks = np.zeros((FRAMES, HEIGHT, WIDTH), bool)
    masks[:, 10:30, 20:40] = True
    one, other = scene(seed=0), scene(seed=1) // 2
    alone = [people_alone(images, masks) for images in (one, other)]
    assert np.array_equal(alone[0][masks], one[masks])
    assert alone[0].dtype == np.uint8
    assert len(np.unique(np.concatenate([clip[~masks] for clip in alone]), axis=0)) == 1


def test_nothing_changes_without_people() -> None:
    nobody = np.zeros((FRAMES, HEIGHT, WIDTH), bool)
    assert np.array_equal(without_people(scene(), nobody), scene())
