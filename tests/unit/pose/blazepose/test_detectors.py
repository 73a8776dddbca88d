"""Decoding what the detectors' networks say, on answers made by hand."""

import numpy as np
import pytest

from laban.pose.blazepose.blazepose_detector import anchor_centres, decode, weighted_suppression
from laban.pose.blazepose.detection import Detection, box_inside, box_iou, merge, touches_inner_edge
from laban.pose.blazepose.regions import Region
from laban.pose.blazepose.tiles import Tile
from laban.pose.blazepose.yolox_detector import cell_grid


def detection(box: tuple[float, ...], score: float, *, cut: bool = False) -> Detection:
    return Detection(np.array(box), score, Region(0, 0, 1), cut=cut)


def test_there_are_2254_anchors_at_the_centres_of_the_cells() -> None:
    anchors = anchor_centres()
    assert anchors.shape == (2254, 2)
    assert anchors[0] == pytest.approx([0.5 / 28, 0.5 / 28])
    assert anchors[1] == pytest.approx(anchors[0])
    assert anchors[2] == pytest.approx([1.5 / 28, 0.5 / 28])
    assert anchors[-1] == pytest.approx([6.5 / 7, 6.5 / 7])


def test_raw_values_are_offsets_from_the_anchor_in_pixels_of_the_input() -> None:
    raw = np.zeros((1, 12), dtype=np.float32)
    raw[0, :6] = [22.4, 0.0, 44.8, 22.4, 0.0, -22.4]
    values = decode(raw, np.array([[0.5, 0.5]]))
    assert values[0, :6] == pytest.approx([0.5, 0.45, 0.7, 0.55, 0.5, 0.4])


def test_suppression_is_the_mean_weighted_by_score() -> None:
    boxes = np.array([[0, 0, 1, 1, 0.0], [0, 0, 1, 1.2, 1.0], [5, 5, 6, 6, 9.0]])
    found = weighted_suppression(boxes, np.array([0.9, 0.6, 0.8]), max_iou=0.3)
    assert [score for _, score in found] == [0.9, 0.8]
    assert found[0][0][4] == pytest.approx(0.4)


def test_nothing_found_is_an_empty_list() -> None:
    assert weighted_suppression(np.zeros((0, 12)), np.zeros(0), max_iou=0.3) == []
    assert merge([]) == []


def test_yolox_has_a_cell_for_each_row_of_its_output() -> None:
    cells, strides = cell_grid()
    assert len(cells) == len(strides) == 3549
    assert cells[1].tolist() == [1, 0]
    assert (strides[0], strides[-1]) == (8, 32)


def test_overlap_by_hand() -> None:
    first, second = np.array([0.0, 0, 2, 2]), np.array([1.0, 0, 3, 2])
    assert box_iou(first, second) == pytest.approx(1 / 3)
    assert box_inside(np.array([0.0, 0, 1, 1]), first) == 1.0
    assert box_iou(first, np.array([5.0, 5, 6, 6])) == 0.0


def test_doubles_go_and_the_surer_stays() -> None:
    kept = merge([detection((0, 0, 10, 10), 0.5), detection((0, 0, 10, 11), 0.9)])
    assert [one.score for one in kept] == [0.9]


def test_half_a_person_cut_by_a_tile_gives_way_to_the_whole_one() -> None:
    whole, half = detection((0, 0, 10, 30), 0.5), detection((0, 0, 10, 14), 0.9, cut=True)
    assert merge([half, whole]) == [whole]


def test_neighbours_who_overlap_both_stay() -> None:
    both = [detection((0, 0, 10, 30), 0.8), detection((5, 0, 15, 30), 0.7)]
    assert merge(both) == both


def test_only_edges_inside_the_image_cut() -> None:
    tile = Tile(0, 0, 100)
    assert touches_inner_edge(np.array([50.0, 10, 100, 90]), tile, size_wh=(200, 100))
    assert not touches_inner_edge(np.array([0.0, 0, 50, 100]), tile, size_wh=(200, 100))
