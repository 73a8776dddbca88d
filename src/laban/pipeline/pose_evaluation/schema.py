"""The answer about an evaluation of pose estimators."""

from laban.core.answers import known
from laban.core.answers.pose_evaluation import (
    AveragePrecisionAnswer,
    CorrectPointsAnswer,
    EstimatorAnswer,
    PoseEvaluationAnswer,
)
from laban.pipeline.pose_evaluation.evaluate import PoseEvaluation, PoseScores


def pose_evaluation_answer(evaluation: PoseEvaluation, *, threshold: float) -> PoseEvaluationAnswer:
    """All estimators; ``threshold`` is PCK's, in torso lengths."""
    return PoseEvaluationAnswer(
        images=evaluation.images,
        people=evaluation.people,
        pck_threshold_torso=threshold,
        estimators=tuple(map(_estimator, evaluation.scores)),
        skipped=dict(evaluation.skipped),
        unavailable=dict(evaluation.unavailable),
    )


def _estimator(scores: PoseScores) -> EstimatorAnswer:
    precision, points = scores.average_precision, scores.correct_points
    return EstimatorAnswer(
        name=scores.name,
        average_precision=AveragePrecisionAnswer(
            known(precision.mean), known(precision.at_50), known(precision.at_75), known(precision.recall)
        ),
        correct_points=CorrectPointsAnswer(known(points.share), points.points, points.people),
        people_per_image=scores.people_per_image,
        seconds_per_image=scores.seconds_per_image,
    )
