"""The identity scores on cases worked out by hand."""

import pytest
from benchmarks.identity_scores import Scores, score


def _score(*frames):
    """Each frame: the (person, id) pairs that lie on each other."""
    people = [[person for person, _ in frame] for frame in frames]
    ids = [[given for _, given in frame] for frame in frames]
    return score(people, ids, frames)


def test_one_id_for_one_person_is_perfect():
    result = _score([(0, 7)], [(0, 7)], [(0, 7)])
    assert (result.idf1, result.mota, result.switches) == (1.0, 1.0, 0)


def test_a_change_after_three_of_four_frames_keeps_three():
    result = _score([(0, 1)], [(0, 1)], [(0, 1)], [(0, 2)])
    assert result.idf1 == pytest.approx(3 / 4)
    assert result.switches == 1
    assert result.mota == pytest.approx(3 / 4)


def test_two_people_who_exchange_ids_half_way_keep_half():
    result = _score([(0, 1), (1, 2)], [(0, 2), (1, 1)])
    assert result.idf1 == pytest.approx(0.5)
    assert result.switches == 2


def test_pairing_is_over_whole_trajectories_not_greedy():
    # 1 agrees with 0 for 3 frames and with 1 for 2; 2 agrees with 0 for 2: the best is 2 + 2, not 3 + 0.
    frames = [[(0, 1)]] * 3 + [[(0, 2), (1, 1)]] * 2
    assert _score(*frames).kept == 4


def test_misses_and_false_bodies_count():
    result = score([[0], [0]], [[5, 9], []], [[(0, 5)], []])
    assert result.idf1 == pytest.approx(2 / 4)
    assert result.mota == pytest.approx(1 - 2 / 2)


def test_nothing_to_find_and_nothing_found_is_perfect():
    assert Scores().idf1 == 1.0


def test_scenes_add_up():
    assert (_score([(0, 1)]) + _score([(0, 1)], [(0, 2)])).truths == 3
