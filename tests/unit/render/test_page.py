"""The page: self-contained, harmless whatever the names are, and its numbers are the recording's."""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from laban.core.features import Features
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33, SKELETONS
from laban.errors import InvalidValueError
from laban.render.page import PageSettings, draw_page, write_page
from laban.render.page.payload import Packed, pack, unpack
from laban.render.page.placement import place_people, px_per_metre


def angles_of(recording: Recording) -> dict[int, Features]:
    return {
        person: Features(
            sequence.times_s,
            ("left_knee", "right_knee"),
            ("deg", "deg"),
            np.stack([100 + 10 * np.sin(sequence.times_s), np.where(sequence.seen, 90.0, np.nan)], axis=1),
        )
        for person, sequence in recording.people.items()
    }


def data_of(page: str) -> dict[str, Any]:
    return json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', page)[1])


def array_of(packed: dict[str, Any], *shape: int) -> np.ndarray:
    return unpack(Packed(packed["data"], packed["scale"])).reshape(shape)


def test_the_numbers_in_the_page_are_the_recordings(two_walkers: Recording) -> None:
    angles = angles_of(two_walkers)
    data = data_of(draw_page(two_walkers, angles=angles))
    times = np.frombuffer(base64.b64decode(data["times"]), "<f8")
    np.testing.assert_array_equal(times, two_walkers.times_s)
    assert [person["id"] for person in data["people"]] == [1, 2]
    for person in data["people"]:
        sequence = two_walkers.people[person["id"]]
        scene = array_of(person["points"], len(sequence), 33, 3)
        thigh, truth = (_length(points, "left_hip", "left_knee") for points in (scene, sequence.world_m))
        np.testing.assert_allclose(thigh, truth, atol=1e-3)
        np.testing.assert_array_equal(np.isnan(scene).all(axis=(1, 2)), ~sequence.seen)
        shown = array_of(person["angles"], len(sequence), 2)
        np.testing.assert_allclose(shown, angles[person["id"]].values, atol=0.01)
        seen = np.frombuffer(base64.b64decode(person["visibility"]), np.uint8).reshape(len(sequence), 33)
        np.testing.assert_allclose(seen / 255, sequence.visibility, atol=1 / 255)
        assert person["start"] == two_walkers.start_of(person["id"])


def _length(points: np.ndarray, first: str, second: str) -> np.ndarray:
    return np.linalg.norm(points[:, BLAZEPOSE33.index(first)] - points[:, BLAZEPOSE33.index(second)], axis=1)


def test_the_page_loads_nothing_and_forbids_it(two_walkers: Recording) -> None:
    page = draw_page(two_walkers, angles=angles_of(two_walkers))
    outside = re.findall(
        r"https?://|//[\w-]+\.\w|@import|url\(|<link|<img|<iframe|\bfetch\(|XMLHttp|import\(", page
    )
    assert outside == []
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[1]
    assert policy.startswith("default-src 'none'")
    script = re.search(r"<script>(.*?)</script>", page, re.S)[1]
    style = re.search(r"<style>(.*?)</style>", page, re.S)[1]
    for text in (script, style):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_a_name_is_text_and_never_markup(two_walkers: Recording) -> None:
    nasty = "<script>alert(1)</script>&\"'{{payload}}.mp4"
    page = draw_page(two_walkers.replace(source=nasty))
    assert page.count("<script") == 2
    assert "alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)" in draw_page(two_walkers.replace(source="<script>alert(1)"))
    assert "{{payload}}" in page, "a placeholder in a name is not filled in"


def test_everything_that_the_script_looks_for_is_in_the_page(two_walkers: Recording) -> None:
    page = draw_page(two_walkers)
    wanted = set(re.findall(r'(?:find|getElementById)\("([\w-]+)"\)', page))
    assert {"scene", "play", "scrub", "charts", "data"} <= wanted
    assert wanted <= set(re.findall(r'id="([\w-]+)"', page))


def test_nobody_makes_a_page_too() -> None:
    for times in (np.array([]), np.arange(5) / 25):
        page = draw_page(Recording("empty.mp4", times, {}))
        assert data_of(page)["people"] == []
        assert "Nobody was found" in page
        assert "approximate" not in page


def test_the_page_says_that_places_are_approximate(two_walkers: Recording) -> None:
    assert "approximate" in draw_page(two_walkers)
    alone = two_walkers.replace(people={1: two_walkers.people[1]})
    assert "approximate" not in draw_page(alone)


def test_a_long_recording_is_thinned_alike_for_everybody(two_walkers: Recording) -> None:
    whole = data_of(draw_page(two_walkers))
    thin = data_of(draw_page(two_walkers, settings=PageSettings(max_frames=25)))
    assert thin["thin"] == 4
    times = np.frombuffer(base64.b64decode(thin["times"]), "<f8")
    np.testing.assert_array_equal(times, two_walkers.times_s[::4])
    for less, full in zip(thin["people"], whole["people"], strict=True):
        assert less["start"] == -(-full["start"] // 4)
        first = less["start"] * 4 - full["start"]
        every = array_of(full["points"], full["rows"], 33, 3)[first::4]
        np.testing.assert_allclose(array_of(less["points"], less["rows"], 33, 3), every, atol=1e-3)
        assert less["start"] + less["rows"] <= len(times)


def test_somebody_gone_between_the_kept_frames_leaves_no_row(two_walkers: Recording) -> None:
    brief = two_walkers.people[1].take(slice(5, 7))
    data = data_of(draw_page(two_walkers.replace(people={1: brief}), settings=PageSettings(max_frames=9)))
    assert data["people"][0]["rows"] == 0


def test_people_stand_as_they_do_before_the_camera(two_walkers: Recording) -> None:
    placed = {one.person: one.scene_m for one in place_people(two_walkers)}
    hips = {person: scene[:, [23, 24]].mean(axis=1) for person, scene in placed.items()}
    # Truth: person 1 goes 0.6 m/s to the right at 4 m, person 2 0.5 m/s to the left at 5.5 m.
    seconds = two_walkers.duration_s
    assert hips[1][-1, 0] - hips[1][0, 0] == pytest.approx(0.6 * seconds, rel=0.15)
    assert hips[2][-1, 0] < hips[2][0, 0] - 0.8
    assert np.nanmedian(hips[2][:, 2]) - np.nanmedian(hips[1][:, 2]) == pytest.approx(-1.5, rel=0.35)
    for scene in placed.values():
        lowest = np.nanmin(scene[..., 1].reshape(len(scene), -1)[~np.isnan(scene[:, 0, 0])], axis=1)
        assert np.abs(lowest).max() < 0.06, "feet are on the floor"
        assert 1.4 < np.nanmax(scene[..., 1]) < 1.8


def test_scale_is_found_exactly_under_weak_perspective() -> None:
    rng = np.random.default_rng(2)
    metres = rng.normal(size=(6, 33, 3))
    metres[3, 4:] = np.nan
    scale, hips = rng.uniform(50, 400, 6), rng.uniform(0, 900, (6, 2))
    image = metres[..., :2] * scale[:, None, None] + hips[:, None]
    found, where = px_per_metre(image, metres)
    np.testing.assert_allclose(found, scale)
    np.testing.assert_allclose(where, hips)
    assert np.isnan(px_per_metre(np.full((1, 33, 2), np.nan), metres[:1])[0]).all()


def test_pixels_alone_make_flat_figures_of_a_plausible_size(two_walkers: Recording) -> None:
    flat = {person: one.replace(world_m=None) for person, one in two_walkers.people.items()}
    placed = place_people(two_walkers.replace(people=flat))
    assert all(one.flat for one in placed)
    for one in placed:
        height = np.nanmax(one.scene_m[..., 1]) - np.nanmin(one.scene_m[..., 1])
        assert 1.2 < height < 2.0
    assert "flat" in draw_page(two_walkers.replace(people=flat))


def test_body_coordinates_alone_stand_side_by_side() -> None:
    times = np.arange(4) / 10
    body = np.random.default_rng(0).normal(size=(4, 33, 3))
    people = {p: PoseSequence(times, BLAZEPOSE33, np.ones((4, 33)), body=body) for p in (3, 4)}
    first, second = place_people(Recording("a.csv", times, people))
    np.testing.assert_allclose(second.scene_m[..., 0] - first.scene_m[..., 0], 1.0, atol=1e-6)


@pytest.mark.parametrize("name", sorted(SKELETONS))
def test_every_skeleton_has_a_page(name: str) -> None:
    skeleton = SKELETONS[name]
    points = np.random.default_rng(1).uniform(50, 400, (5, len(skeleton), 2))
    sequence = PoseSequence(
        np.arange(5) / 10, skeleton, np.ones((5, len(skeleton))), image_px=points, size_wh=(640, 480)
    )
    data = data_of(draw_page(Recording("x", sequence.times_s, {0: sequence}, size_wh=(640, 480))))
    assert data["skeletons"][name]["joints"] == len(skeleton)
    assert np.isfinite(array_of(data["people"][0]["points"], 5, len(skeleton), 3)).any()


def test_angles_of_another_length_are_refused(two_walkers: Recording) -> None:
    angles = {1: Features(np.arange(3.0), ("neck",), ("deg",), np.zeros((3, 1)))}
    with pytest.raises(InvalidValueError, match="person 1"):
        draw_page(two_walkers, angles=angles)


def test_the_file_is_whole(tmp_path: Path, two_walkers: Recording) -> None:
    path = write_page(tmp_path / "deep" / "page.html", two_walkers)
    text = path.read_text(encoding="utf-8")
    assert text == draw_page(two_walkers)
    assert text.endswith("</html>")
    assert len(list(path.parent.iterdir())) == 1


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(np.float64, st.integers(1, 30), elements=st.floats(-1e9, 1e9) | st.just(np.nan)))
def test_packing_keeps_every_number_to_within_its_promise(values: np.ndarray) -> None:
    back = unpack(pack(values))
    np.testing.assert_array_equal(np.isnan(back), np.isnan(values))
    known = np.isfinite(values)
    if known.any():
        largest = np.abs(values[known]).max()
        assert np.abs(back - values)[known].max() <= max(largest / 65_534 * 1.0001, min(largest, 1e-300))


@pytest.mark.parametrize("least", [5e-324, 1e-310, 1e-301])
def test_packing_takes_numbers_that_are_hardly_any(least: float) -> None:
    assert np.abs(unpack(pack(np.array([least, 0.0, -least])))).max() <= least
