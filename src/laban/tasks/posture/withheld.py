"""Why a measure is withheld, and warnings, in words."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from laban.core.sequence import PoseSequence
from laban.tasks.posture.catalogue import joints_of
from laban.tasks.posture.measure import WHY, Measured
from laban.tasks.posture.observation import STANCES, Observation
from laban.tasks.posture.views import FACING_VIEWS, SIDE_VIEWS, VIEW_NAMES

_SMALL_TORSO_PX = 45.0
_SURE_SCORE = 0.9
_ENOUGH = 0.05

_FROM_SIDE = "how head, neck and trunk lean forward or backward, and how they stand over the ankles"
_FROM_FRONT = (
    "differences between left and right: tilt of head, shoulders and hips, knees, and the weight line"
)
_NEVER = (
    "the curve of the spine, the shape of the feet, muscles, pain or the cause of anything: landmarks show where "
    "joints are and nothing else"
)


def why_not(one: Measured, sight: Observation) -> str:
    """Why a measure has no value at most instants with the person in the image."""
    here = one.why[~sight.away & (one.why > 0)]
    reason = WHY[Counter(here.tolist()).most_common(1)[0][0]] if len(here) else "away"
    if reason == "view":
        return _wrong_view(one)
    if reason == "lacking":
        lacking = [joint for joint in joints_of(one.measure, sight.skeleton) if not sight.skeleton.has(joint)]
        return f"these landmarks have no {_listed(lacking)}"
    if reason == "unseen":
        return f"not seen: {_listed(_hidden(one, sight))}"
    if reason == "not standing":
        stance = STANCES[Counter(sight.stances[~sight.away].tolist()).most_common(1)[0][0]]
        doing = {"sitting": "this person sits", "unclear": "how this person stands cannot be told"}
        return f"means something of somebody who stands; {doing.get(stance, 'this person does not')}"
    return {
        "away": "nobody is in the image",
        "lying": "the person lies down, and posture is measured against gravity",
        "toward": "the trunk points at the camera",
        "no metres": "these landmarks have no metres",
    }[reason]


def unseen_from(views: Mapping[str, float]) -> Iterator[str]:
    """What cannot be seen at all, given the shares of ``views`` in the time."""
    seen = {name for name, share in views.items() if share >= _ENOUGH}
    if not seen & set(SIDE_VIEWS):
        yield f"{_FROM_SIDE}: for that, take an image from the side"
    if not seen & set(FACING_VIEWS):
        yield f"{_FROM_FRONT}: for that, take an image from the front or back"
    yield _NEVER


def doubts(sequence: PoseSequence, sight: Observation) -> Iterator[str]:
    """The warnings about the whole report."""
    here = ~sight.away
    torso_px = float(np.nanmedian(sight.bodies.torso_px[here]))
    if torso_px < _SMALL_TORSO_PX:
        yield (
            f"the person is small in the image (trunk {torso_px:.0f} pixels); come nearer or use a larger image"
        )
    if sequence.score is not None and float(np.nanmedian(sequence.score[here])) < _SURE_SCORE:
        yield (
            "it is not sure that this is a person; clothes on a hook, a drawing or a statue may be measured too"
        )
    if (sight.stances[here] == STANCES.index("lying")).mean() > 0.5:
        yield "the person lies down: posture against gravity is not measured"
    if sight.toward[here].mean() > 0.5:
        yield "the trunk points at the camera; hold the camera at the height of the chest, level"
    if (sight.views[here] == VIEW_NAMES.index("oblique")).mean() > 0.5:
        yield "seen obliquely: turn by the degrees given to be seen from the side or the front"
    if _one_hand_up(sight).mean() > 0.5 and len(sequence) == 1:
        yield (
            "one hand is held before the chest as with a phone: of an image taken in a mirror left and right are "
            "exchanged, and --mirrored puts them right; a raised arm lifts the shoulder"
        )


def _wrong_view(one: Measured) -> str:
    side = set(one.measure.views) & set(SIDE_VIEWS)
    return "seen from the side only" if side else "seen from the front or back only"


def _hidden(one: Measured, sight: Observation) -> list[str]:
    needed = [joint for joint in joints_of(one.measure, sight.skeleton) if sight.skeleton.has(joint)]
    often = sight.unseen[~sight.away][:, [sight.skeleton.index(joint) for joint in needed]].mean(axis=0)
    hidden = [joint for joint, share in zip(needed, often, strict=True) if share > 0.5]
    return hidden or needed


def _listed(joints: Sequence[str]) -> str:
    """Joints in words, both of a pair in one.

    >>> _listed(["left_hip", "right_hip", "left_ear"])
    'hips, left ear'
    """
    words: list[str] = []
    for joint in joints:
        side, _, part = joint.partition("_")
        plain = part.replace("_", " ")
        if f"{'right' if side == 'left' else 'left'} {plain}" in words:
            words[words.index(f"{'right' if side == 'left' else 'left'} {plain}")] = f"{plain}s"
        else:
            words.append(f"{side} {plain}")
    return ", ".join(words)


def _one_hand_up(sight: Observation) -> np.ndarray:
    """(T,) whether exactly one wrist is between hip and head height and before the trunk, seen from the front."""
    bodies = sight.bodies
    shoulder, torso = bodies.middle("shoulder"), bodies.torso_px
    up = []
    for side in ("left", "right"):
        wrist, elbow = bodies.at(f"{side}_wrist"), bodies.at(f"{side}_elbow")
        near = np.abs(wrist[..., 0] - shoulder[..., 0]) < 0.6 * torso
        high = (wrist[..., 1] > elbow[..., 1] + 0.1 * torso) & (
            wrist[..., 1] > shoulder[..., 1] - 0.6 * torso
        )
        up.append(near & high)
    return np.asarray(up[0] ^ up[1]) & (np.abs(sight.yaw_deg) < 60)
