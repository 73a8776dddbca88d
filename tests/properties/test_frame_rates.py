"""Who is who does not depend on the frame rate: one scene at many rates, evenly or not, gives the same people."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laban.core.frame import Frame
from laban.pose.replay import ReplayEstimator
from laban.pose.tracking import Observation, Tracker
from laban.sources.synthetic import SyntheticScene

RATES_HZ = (2, 3, 5, 7.5, 10, 15, 25, 30, 60, 120)
SECONDS = 8.0
_SEEN_SHARE = 0.5
_NO_IMAGE = np.zeros((2, 2, 3), dtype=np.uint8)
_CLOTHES = np.eye(4, dtype=np.float32)

seeds = st.integers(0, 200)


def times_at(rate_hz, *, seed=0, how="even"):
    """(T,) seconds: every step alike, each half a step off at most, or with half of the frames left out."""
    times_s = np.arange(round(SECONDS * rate_hz)) / rate_hz
    rng = np.random.default_rng(seed)
    if how == "uneven":
        return times_s + rng.uniform(0, 0.45, len(times_s)) / rate_hz
    if how == "dropped":
        return times_s[rng.random(len(times_s)) < 0.5]
    return times_s


def followed(scene, times_s, *, dressed=True):
    """The ids that each person of a scene is given, and in how many frames; hidden people are not shown."""
    given_ids = [{} for _ in range(scene.people)]
    tracker = Tracker()
    truth = ReplayEstimator(scene.recording(times_s))
    for index, time_s in enumerate(times_s):
        frame = Frame.from_rgb(_NO_IMAGE, index=index, time_s=float(time_s))
        poses = [one for one in truth.update(frame) if one.visibility.mean() > _SEEN_SHARE]
        bodies = [Observation(one, _CLOTHES[one.person] if dressed else None) for one in poses]
        for one in tracker.update(bodies, time_s=float(time_s)):
            counts = given_ids[poses[one.observation].person]
            counts[one.person] = counts.get(one.person, 0) + 1
    return given_ids


def share_kept(given_ids):
    """The share of sightings that have the id that their person mostly has."""
    seen = sum(sum(counts.values()) for counts in given_ids)
    return sum(max(counts.values(), default=0) for counts in given_ids) / seen


def assert_no_id_is_shared(given_ids):
    everybody = [person for counts in given_ids for person in counts]
    assert len(set(everybody)) == len(everybody)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("how", ["even", "uneven", "dropped"])
def test_one_person_is_one_person_at_every_rate(rate_hz, how):
    if how == "dropped" and rate_hz < 5:
        pytest.skip(
            "half of so few frames leaves gaps of more than the two seconds for which people are remembered"
        )
    times_s = times_at(rate_hz, how=how)
    (given_ids,) = followed(SyntheticScene(people=1, seconds=SECONDS, seed=3), times_s, dressed=False)
    assert list(given_ids) == [0]
    assert given_ids[0] == len(times_s)


@settings(max_examples=5, deadline=None)
@given(seeds, st.sampled_from(RATES_HZ[:7]), st.sampled_from(["even", "uneven"]), st.integers(2, 3))
def test_people_who_cross_are_the_same_people_at_every_rate(seed, rate_hz, how, people):
    scene = SyntheticScene(people=people, seconds=SECONDS, seed=seed)
    given_ids = followed(scene, times_at(rate_hz, seed=seed, how=how))
    assert share_kept(given_ids) >= 0.95  # somebody seen once and then hidden is nobody known
    assert_no_id_is_shared(given_ids)


@settings(max_examples=4, deadline=None)
@given(seeds, st.sampled_from((5, 7.5, 15, 30)))
def test_half_of_the_frames_left_out_changes_nobody(seed, rate_hz):
    scene = SyntheticScene(people=2, seconds=SECONDS, seed=seed)
    given_ids = followed(scene, times_at(rate_hz, seed=seed, how="dropped"))
    assert share_kept(given_ids) >= 0.95
    assert_no_id_is_shared(given_ids)
