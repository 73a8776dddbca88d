"""Comparisons and repetitions as JSON for machines."""

from dataclasses import asdict
from typing import Any

import numpy as np

from laban.features.angles import MAIN_ANGLES
from laban.tasks.comparison.movements import MovementComparison
from laban.tasks.comparison.poses import PoseComparison
from laban.tasks.comparison.repetitions import Repetitions
from laban.tasks.comparison.similarity import Scores


def pose_json(found: PoseComparison) -> dict[str, Any]:
    """What ``--json`` prints of two poses."""
    return {
        "kind": "poses",
        "verdict": found.verdict,
        "score_percent": found.scores.overall_percent,
        "mirrored": found.mirrored,
        "space": found.space,
        "scores": _scores_json(found.scores),
        "published": None if found.published is None else _scores_json(found.published),
        "as_it_is_percent": found.plain.overall_percent,
        "other_side_percent": found.mirror.overall_percent,
        "facing_deg": found.facing_deg,
        "joints": [{**asdict(one), "difference_deg": one.difference_deg} for one in found.joints],
        "warnings": found.warnings,
    }


def movement_json(found: MovementComparison) -> dict[str, Any]:
    """What ``--json`` prints of two movements, and what is written beside the pictures."""
    return {
        "kind": "movements",
        "score_percent": found.score_percent,
        "mirrored": found.mirrored,
        "space": found.space,
        "matched_s": found.matched_s,
        "tempo": asdict(found.tempo),
        "joints": [
            {
                **asdict(motion),
                "score_percent": found.joint_percent[motion.joint],
                "excess_deg": float(excess),
            }
            for motion, excess in zip(found.motions, found.differences.excess_deg.mean(axis=0), strict=True)
        ],
        "symmetry": [
            {**asdict(one), "index_percent": one.index_percent, "uneven": one.uneven}
            for one in found.symmetry
        ],
        "phases": [asdict(one) for one in found.phases],
        "hesitations": [asdict(one) for one in found.hesitations],
        "moments": [
            {
                **asdict(one),
                "joints": [{"joint": name, "difference_deg": value} for name, value in one.joints],
            }
            for one in found.moments
        ],
        "warnings": found.warnings,
    }


def movement_series_json(found: MovementComparison) -> dict[str, Any]:
    """Everything over the reference's time, for whoever draws their own curves."""
    differences = found.differences
    return {
        "times_s": np.round(found.times_s, 4),
        "attempt_s": np.round(found.attempt_s, 4),
        "score_percent": np.round(differences.score_percent, 2),
        "joints": {
            name: {
                "score_percent": np.round(differences.joint_percent[:, index], 2),
                "attempt_deg": np.round(found.attempt_deg[:, index], 2),
                "reference_deg": np.round(found.reference_deg[:, index], 2),
                "attempt_hidden": found.attempt_guessed[:, index],
                "reference_hidden": found.reference_guessed[:, index],
                "difference_deg": np.round(differences.difference_deg[:, index], 2),
                "noise_deg": np.round(differences.limit_deg[:, index], 2),
                "measurable": differences.measurable[:, index],
            }
            for index, name in enumerate(MAIN_ANGLES)
        },
    }


def repetitions_json(found: Repetitions) -> dict[str, Any]:
    """What ``--json`` prints of repetitions."""
    return {
        "count": len(found),
        "joint": found.joint,
        "place": found.place,
        "median_duration_s": found.median_duration_s,
        "warnings": list(found.warnings),
        "repetitions": [
            {
                **asdict(one),
                "worst": None
                if one.worst is None
                else {"joint": one.worst[0], "difference_deg": one.worst[1]},
                "duration_s": one.duration_s,
                "out_s": one.out_s,
                "back_s": one.back_s,
            }
            for one in found.repetitions
        ],
    }


def _scores_json(scores: Scores) -> dict[str, float]:
    return {
        "coordinate_distance": scores.coordinate_distance,
        "coordinate_percent": scores.coordinate_percent,
        "angle_distance": scores.angle_distance,
        "angle_percent": scores.angle_percent,
    }
