"""Exercise form: rules compared with a learned model on the authors' held-out files.

Squats (up or down) and the error of lunges have a file to learn from and one to be tested on. Of curls (correct or
leaning back), planks (correct, hips high, hips low) and the stages of lunges the training files are not here: five
folds, each of two of ten blocks of consecutive rows. The rule is one measure of the exercise, chosen beforehand,
with thresholds from a tree of one variable on the training part. The learned model is a logistic regression; its
features and its regularisation are those of the least log-loss over four folds of blocks within the training part.
Macro F1; the target is that of the authors' best published model, computed from its confusion matrix and rounded to
three digits. The shipped rules are the faults of the exercise files.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.coaching.form_data import Rows, measured, read_rows
from benchmarks.rows import Row, row
from laban.core.arrays import BoolArray, Float64Array, IntArray
from laban.core.space import Space
from laban.tasks.coaching.exercise_file import load_exercise

_BLOCKS, _FOLDS = 10, 5
_INNER_BLOCKS, _INNER_FOLDS = 20, 4
_REGULARISATION = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_FEATURES = (
    "angles in the image",
    "angles in the image and in depth",
    "places",
    "angles in the image, places",
)

Labels = NDArray[np.str_]

Classify = Callable[[Rows, BoolArray, Rows, BoolArray], Labels]
"""From training and test rows, each with a mask, to labels."""


@dataclass(frozen=True)
class Question:
    """A question about an exercise: the files, the measure of the rule, and the authors' best confusion matrix.

    ``faults`` are the corresponding shipped rules: each a fault of ``exercise`` and its label.
    """

    name: str
    train: str
    test: str
    width_to_height: float
    measure: str
    space: Space
    published: tuple[tuple[int, ...], ...] = ()
    exercise: str = ""
    faults: tuple[tuple[str, str], ...] = ()
    otherwise: str = "C"


QUESTIONS = (
    Question(
        "squat, up or down",
        "squat_model/train.csv",
        "squat_model/test.csv",
        9 / 16,
        "mean_knee",
        Space.WORLD,
        ((428, 2), (3, 420)),
    ),
    Question(
        "lunge, knee past the toes",
        "lunge_model/err.train2.csv",
        "lunge_model/err.test.csv",
        16 / 9,
        "trunk_inclination",
        Space.PIXEL,
        ((545, 1), (30, 531)),
        "lunge",
        (("trunk_leaning", "L"),),
    ),
    Question(
        "plank, hips high or low",
        "plank_model/test.csv",
        "plank_model/test.csv",
        16 / 9,
        "hip_line",
        Space.PIXEL,
        ((234, 0, 0), (1, 240, 0), (2, 0, 233)),
        "plank",
        (("hips_high", "H"), ("hips_low", "L")),
    ),
    Question(
        "biceps curl, leaning back",
        "bicep_model/test.csv",
        "bicep_model/test.csv",
        1.5,
        "trunk_inclination",
        Space.PIXEL,
        ((338, 1), (16, 249)),
        "biceps_curl",
        (("leaning_back", "L"),),
    ),
    Question(
        "lunge, standing, half way or down",
        "lunge_model/stage.test.csv",
        "lunge_model/stage.test.csv",
        16 / 9,
        "mean_knee",
        Space.PIXEL,
    ),
)


def form_rows() -> list[Row]:
    """Both answers to every question compared with the authors' best, and the plank of another source."""
    return [*(line for question in QUESTIONS for line in _question_rows(question)), *_elsewhere_rows()]


def _question_rows(question: Question) -> Iterator[Row]:
    train = read_rows(question.train, width_to_height=question.width_to_height)
    test = read_rows(question.test, width_to_height=question.width_to_height)
    best = round(_macro_f1_of(np.array(question.published)), 3) if question.published else None
    for name, classify in (("rule", _rule(question)), ("learned", _learned)):
        said = _told(question, classify, train, test)
        yield row(
            f"form of a {question.name}: {name}",
            macro_f1(test.labels, said),
            "macro F1",
            at_least=best,
            confusion=_confusion(test.labels, said).tolist(),
        )
    if question.faults:
        score = macro_f1(test.labels, _shipped(question, test))
        yield row(f"form of a {question.name}: shipped rule", score, "macro F1")


def _told(question: Question, classify: Classify, train: Rows, test: Rows) -> Labels:
    """The predictions for every row of the test file, by a classifier that has not seen it."""
    everything = np.ones(len(train.labels), dtype=bool)
    if question.train != question.test:
        return classify(train, everything, test, np.ones(len(test.labels), dtype=bool))
    folds = _folds(len(test.labels), blocks=_BLOCKS, count=_FOLDS)
    said = np.empty_like(test.labels)
    for fold in range(_FOLDS):
        said[folds == fold] = classify(train, folds != fold, test, folds == fold)
    return said


def _rule(question: Question) -> Classify:
    def classify(train: Rows, learn: BoolArray, test: Rows, tell: BoolArray) -> Labels:
        from sklearn.tree import DecisionTreeClassifier

        known, asked = (measured(one, question.measure, space=question.space) for one in (train, test))
        labels = train.labels[learn]
        tree = DecisionTreeClassifier(
            max_leaf_nodes=len(np.unique(labels)), class_weight="balanced", random_state=0
        )
        return np.asarray(tree.fit(known[learn, None], labels).predict(asked[tell, None]))

    return classify


def _learned(train: Rows, learn: BoolArray, test: Rows, tell: BoolArray) -> Labels:
    labels = train.labels[learn]
    choices = [(name, strength) for name in _FEATURES for strength in _REGULARISATION]
    name, strength = min(choices, key=lambda one: _log_loss(train.features[one[0]][learn], labels, one[1]))
    model = _regression(strength).fit(train.features[name][learn], labels)
    return np.asarray(model.predict(test.features[name][tell]))


def _log_loss(values: Float64Array, labels: Labels, strength: float) -> float:
    folds, total = _folds(len(labels), blocks=_INNER_BLOCKS, count=_INNER_FOLDS), 0.0
    for fold in range(_INNER_FOLDS):
        model = _regression(strength).fit(values[folds != fold], labels[folds != fold])
        found = model.predict_proba(values[folds == fold])
        truth = np.searchsorted(model.classes_, labels[folds == fold])
        total -= float(np.log(np.maximum(found[np.arange(len(found)), truth], 1e-6)).sum())
    return total


def _regression(strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=5000)
    return make_pipeline(StandardScaler(), model)


def _shipped(question: Question, rows: Rows) -> Labels:
    """The predictions of the rules in the exercise file."""
    rules = {one.name: one for one in load_exercise(question.exercise).faults}
    said = np.full_like(rows.labels, question.otherwise)
    for name, label in question.faults:
        rule, values = rules[name], measured(rows, rules[name].measure, space=Space.PIXEL)
        broken = values > rule.above if rule.above is not None else values < (rule.below or 0.0)
        said[broken] = label
    return said


def _elsewhere_rows() -> Iterator[Row]:
    """Planks of other people, all correct, classified by models of the authors' own."""
    plank = next(one for one in QUESTIONS if one.exercise == "plank")
    train = read_rows(plank.train, width_to_height=plank.width_to_height)
    other = read_rows("plank_model/kaggle.csv", width_to_height=plank.width_to_height)
    everything, all_others = (np.ones(len(one.labels), dtype=bool) for one in (train, other))
    said = {
        name: classify(train, everything, other, all_others)
        for name, classify in (("rule", _rule(plank)), ("learned", _learned))
    }
    for name, labels in (said | {"shipped rule": _shipped(plank, other)}).items():
        share = 100 * float((labels == plank.otherwise).mean())
        yield row(f"planks of other people, all correct: called so, {name}", share, "%")


def _folds(rows: int, *, blocks: int, count: int) -> IntArray:
    """(rows,) the fold of each row: blocks of consecutive rows, dealt in turn."""
    return np.asarray(np.arange(rows) * blocks // rows % count)


def macro_f1(truth: Labels, said: Labels) -> float:
    """The mean over classes of F1."""
    return _macro_f1_of(_confusion(truth, said))


def _confusion(truth: Labels, said: Labels) -> IntArray:
    labels = np.unique(truth)
    return np.array([[int(((truth == one) & (said == other)).sum()) for other in labels] for one in labels])


def _macro_f1_of(confusion: IntArray) -> float:
    return float(np.mean(2 * np.diag(confusion) / (confusion.sum(axis=0) + confusion.sum(axis=1))))
