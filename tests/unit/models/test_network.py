"""Networks: features normalised, one head for each task or one for all."""

import numpy as np
import pytest
import torch

from laban.core.skeleton import BLAZEPOSE33, COCO17
from laban.errors import InvalidValueError, UnknownNameError
from laban.features.spec import FeatureSpec
from laban.models.architectures import architecture, build_encoder, settings_of
from laban.models.architectures.joints import body_joints
from laban.models.architectures.stgcn import bone_graph
from laban.models.card import Task
from laban.models.network import Committee, Network, SeparateHeads, UnifiedHead, Union, label_weights

FALL = Task("fall", ("no_fall", "fall"), "no_fall")
FIGHT = Task("fight", ("fight", "no_fight"), "no_fight")
MOVE = Task("move", ("sit", "walk", "run"))
SPEC = FeatureSpec(skeleton="coco17")
EVEN = [torch.ones(2), torch.ones(2)]


def test_one_softmax_over_what_may_happen_answers_every_task() -> None:
    head = UnifiedHead(4, (FALL, FIGHT))
    assert head.union.classes == ("other", "fall", "fight")
    embedding = torch.randn(5, 4, generator=torch.Generator().manual_seed(0))
    other, fall, fight = torch.softmax(head.linear(embedding), 1).unbind(1)
    answers = head(embedding)
    falls, fights = torch.softmax(answers[:, :2], 1), torch.softmax(answers[:, 2:], 1)
    assert torch.allclose(falls, torch.stack([other + fight, fall], 1), atol=1e-6)
    assert torch.allclose(fights, torch.stack([fight, other + fall], 1), atol=1e-6)


def test_the_target_of_one_softmax_is_what_happens_or_else_other() -> None:
    head = UnifiedHead(4, (FALL, FIGHT))
    labels = torch.tensor([[0, 1], [1, -1], [0, 0], [1, 0], [-1, 1], [-1, -1]])
    target, weight = head._targets(labels, EVEN)
    assert target.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0.5, 0.5], [1, 0, 0], [0, 0, 0]]
    assert weight.tolist() == [1, 1, 1, 1, 1, 0]


def test_tasks_without_a_background_have_no_other() -> None:
    union = Union.of((MOVE,))
    assert (union.classes, union.other) == (("sit", "walk", "run"), -1)
    head = UnifiedHead(4, (MOVE,))
    target, _ = head._targets(torch.tensor([[2], [0]]), [torch.ones(3)])
    assert target.tolist() == [[0, 0, 1], [1, 0, 0]]


@pytest.mark.parametrize("kind", [SeparateHeads, UnifiedHead])
def test_windows_without_labels_do_not_count(kind: type) -> None:
    torch.manual_seed(0)
    head = kind(4, (FALL, FIGHT))
    embedding, labels = torch.randn(6, 4), torch.tensor([[0, 1], [1, 0], [1, -1]])
    head.requires_grad_(False)
    nothing = torch.full((3, 2), -1)
    alone = head.loss(embedding[:3], labels, EVEN, 0.1)
    beside = head.loss(embedding, torch.cat([labels, nothing]), EVEN, 0.1)
    assert float(alone) == pytest.approx(float(beside), rel=1e-6)
    assert float(head.loss(embedding[:3], nothing, EVEN, 0.1)) == 0.0


def test_separate_losses_are_the_mean_of_each_tasks_cross_entropy() -> None:
    head = SeparateHeads(4, (FALL, FIGHT)).requires_grad_(False)
    embedding, labels = torch.randn(5, 4), torch.tensor([[0, 1], [1, 0], [1, 1], [0, 0], [1, 0]])
    weights = [torch.tensor([1.0, 3.0]), torch.tensor([0.5, 1.0])]
    logits = head(embedding)
    wanted = [
        torch.nn.functional.cross_entropy(part, labels[:, index], weights[index])
        for index, part in enumerate(logits.split(2, 1))
    ]
    assert float(head.loss(embedding, labels, weights, 0.0)) == pytest.approx(float(sum(wanted)) / 2)


def test_smoothing_does_not_draw_answers_to_a_label_that_weighs_much() -> None:
    labels = torch.tensor([[0], [0], [1]])
    task = Task("shape", ("square", "round", "flat"))
    head = SeparateHeads(4, (task,))
    weights = label_weights(labels.numpy(), (task,), balanced=True)
    embedding = torch.zeros(3, 4)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.5)
    for _ in range(200):
        optimizer.zero_grad()
        head.loss(embedding, labels, weights, 0.1).backward()
        optimizer.step()
    square, round_, flat = torch.softmax(head(embedding)[0], 0).tolist()
    assert square == pytest.approx(round_, abs=0.01)
    assert flat == pytest.approx(0.1 / 3, abs=0.01)


def test_a_committee_answers_the_mean_of_its_members() -> None:
    torch.manual_seed(0)
    head, embedding = Committee(6, 4, 3), torch.randn(5, 6)
    apart = [
        embedding[:, 2 * one : 2 * one + 2] @ head.weight[:, 2 * one : 2 * one + 2].T + head.bias
        for one in range(3)
    ]
    assert torch.allclose(head(embedding), sum(apart) / 3, atol=1e-6)
    assert torch.allclose(head.each(embedding), torch.cat(apart), atol=1e-6)


@pytest.mark.parametrize("kind", [SeparateHeads, UnifiedHead])
def test_each_member_is_held_to_its_own_answer(kind: type) -> None:
    torch.manual_seed(0)
    together = kind(6, (FALL, FIGHT), members=2).requires_grad_(False)
    embedding, labels = torch.randn(5, 6), torch.tensor([[0, 1], [1, 0], [1, -1], [0, 0], [1, 0]])
    losses = []
    for one in range(2):
        alone = kind(3, (FALL, FIGHT)).requires_grad_(False)
        alone.linear.weight.copy_(together.linear.weight[:, 3 * one : 3 * one + 3])
        alone.linear.bias.copy_(together.linear.bias)
        losses.append(float(alone.loss(embedding[:, 3 * one : 3 * one + 3], labels, EVEN, 0.1)))
    assert float(together.loss(embedding, labels, EVEN, 0.1)) == pytest.approx(sum(losses) / 2, rel=1e-5)


def test_balanced_weights_make_all_labels_count_alike() -> None:
    labels = np.array([[0, 0]] * 6 + [[1, -1]] * 2)
    fall, _ = label_weights(labels, (FALL, FIGHT), balanced=True)
    assert (6 * fall[0]).item() == pytest.approx((2 * fall[1]).item())
    assert (6 * fall[0] + 2 * fall[1]).item() == pytest.approx(8)
    assert label_weights(labels, (FALL, FIGHT), balanced=False)[1].tolist() == [1, 1]


def test_features_are_normalised_by_what_is_known_of_them() -> None:
    network = Network("lstm", {"units": 3}, SPEC, 4, (FALL,))
    values = np.random.default_rng(0).normal(5, 3, size=(50, 4, SPEC.width)).astype(np.float32)
    values[:, :2, 0] = np.nan
    values[:, :, 1] = 7.0
    values[:, :, 2] = np.nan
    network.normalize_by(values)
    assert float(network.mean[0]) == pytest.approx(np.nanmean(values[:, :, 0]), rel=1e-5)
    assert float(network.spread[0]) == pytest.approx(np.nanstd(values[:, :, 0]), rel=1e-4)
    assert (float(network.mean[1]), float(network.spread[1])) == (7.0, 1.0)
    assert (float(network.mean[2]), float(network.spread[2])) == (0.0, 1.0)


def test_architectures_that_need_a_body_say_so() -> None:
    angles = FeatureSpec(("angles",))
    with pytest.raises(InvalidValueError, match=r"ddnet .* needs their coordinates.*the features are angles"):
        build_encoder("ddnet", {}, angles, 60)
    with pytest.raises(
        InvalidValueError, match=r"stgcn needs features that belong to joints.*which angles do not"
    ):
        build_encoder("stgcn", {}, FeatureSpec(("xy", "angles")), 60)
    assert build_encoder("ddnet", {"filters": 4}, FeatureSpec(("xy", "angles")), 60).width == 32


@pytest.mark.parametrize("name", ["ddnet", "stgcn", "tcn", "transformer", "bilstm", "lstm"])
@pytest.mark.parametrize("length", [2, 7, 33])
def test_windows_of_any_length_are_encoded(name: str, length: int) -> None:
    encoder = build_encoder(name, {}, SPEC, length).eval()
    values = torch.zeros(2, length, SPEC.width)
    assert encoder(values, values + 1).shape == (2, encoder.width)


def test_unknown_architectures_and_options_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'stgcn'"):
        architecture("stgnc")
    with pytest.raises(InvalidValueError, match="tcn does not have the options"):
        settings_of("tcn", {"colour": 1})
    with pytest.raises(InvalidValueError, match="units must be"):
        settings_of("lstm", {"units": 10**9})
    with pytest.raises(InvalidValueError, match="width must be a multiple of heads"):
        settings_of("transformer", {"width": 10, "heads": 4})


def test_the_bones_of_a_body_lead_to_and_from_the_hips() -> None:
    joints = body_joints(COCO17)
    own, nearer, farther = bone_graph(COCO17, joints)
    knee, ankle = joints.index(COCO17.index("left_knee")), joints.index(COCO17.index("left_ankle"))
    assert own[knee, knee] > 0
    assert nearer[knee, ankle] > 0 == nearer[ankle, knee]
    assert farther[ankle, knee] > 0 == farther[knee, ankle]


def test_a_body_of_many_joints_is_seen_without_the_small_ones() -> None:
    names = [BLAZEPOSE33.names[index] for index in body_joints(BLAZEPOSE33)]
    assert names[0] == "nose"
    assert {"left_wrist", "right_foot_index"} <= set(names)
    assert not {"left_eye_inner", "mouth_left", "left_index", "right_thumb"} & set(names)


RESNET = {"widths": (4, 6), "rates": (1,), "members": 2, "shares": True, "limit": 3.0}


def test_each_member_of_a_resnet_has_a_part_of_the_embedding() -> None:
    torch.manual_seed(0)
    encoder = build_encoder("resnet", RESNET, SPEC, 16).eval()
    values, known = torch.randn(3, 16, SPEC.width), torch.ones(3, 16, SPEC.width)
    embedding = encoder(values, known)
    assert embedding.shape == (3, encoder.width) == (3, 2 * 3 * 6)
    encoder.each[1].requires_grad_(False).stem[0].weight.zero_()
    changed = encoder(values, known) != embedding
    assert not changed[:, :18].any()
    assert changed[:, 18:].any()


def test_rows_without_anything_known_do_not_dilute_a_resnets_mean() -> None:
    torch.manual_seed(0)
    encoder = build_encoder("resnet", {**RESNET, "kernel": 1, "rates": ()}, SPEC, 16).eval()
    row = torch.randn(1, 1, SPEC.width)
    known = torch.ones(1, 16, SPEC.width)
    known[:, 8:] = 0
    whole = encoder(row.expand(1, 16, -1), torch.ones(1, 16, SPEC.width))
    assert torch.allclose(encoder(row * known, known), whole, atol=1e-5)


def test_noise_and_columns_left_out_belong_to_training() -> None:
    torch.manual_seed(0)
    options = {"widths": (4,), "dropout": 0, "embedding_dropout": 0, "noise": 0.5, "input_dropout": 0.2}
    encoder = build_encoder("resnet", options, SPEC, 16).eval()
    values, known = torch.randn(3, 16, SPEC.width), torch.ones(3, 16, SPEC.width)
    assert torch.equal(encoder(values, known), encoder(values, known))
    encoder.train()
    assert not torch.equal(encoder(values, known), encoder(values, known))
