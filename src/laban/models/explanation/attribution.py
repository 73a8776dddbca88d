"""Attribution: which joints, at which times, made a model answer as it did."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray, frozen
from laban.core.checks import choose
from laban.core.skeleton import skeleton
from laban.models.explanation.joint_columns import limbs_of
from laban.models.explanation.occlusion import hide
from laban.models.explanation.query import BATCH, AttributionQuery, ExplanationSettings
from laban.models.explanation.spans import LEAST_NATS, strong_runs
from laban.models.protocol import SequenceModel

_PATH = 6  # steps of the integral; more change the order of joints no further
_STEP = 0.1  # of the way from hidden to shown: large enough for float32


@dataclass(frozen=True, eq=False)
class Explanation:
    """The evidence for one answer to one window, in nats of the answer's log-odds: how much hiding it takes away.

    ``score`` is the probability of ``label`` with nothing hidden. ``joints`` (J,) is the effect of hiding each
    joint throughout; ``times`` (L,) of hiding all joints at a time; ``map`` (L, J) of hiding one joint at one time.
    Negative values are evidence against the answer. ``limbs`` is the effect of hiding all joints of the head, the
    trunk, each arm and each leg at once, the strongest first; ``rest`` of what belongs to no joint, such as the
    distance between two people. ``seen`` (L, J) is true where there was something to hide; elsewhere the map is 0.
    """

    task: str
    label: str
    score: float
    skeleton: str
    joints: Float64Array
    times: Float64Array
    map: Float64Array
    seen: BoolArray
    limbs: Mapping[str, float]
    rest: float

    def __post_init__(self) -> None:
        rows, joints = len(self.times), len(skeleton(self.skeleton))
        for name, shape in (("joints", (joints,)), ("times", (rows,)), ("map", (rows, joints))):
            value = frozen(getattr(self, name), shape=shape, name=name, dtype=np.float64)
            object.__setattr__(self, name, value)
        seen = frozen(self.seen, shape=(rows, joints), name="seen", dtype=np.bool_)
        object.__setattr__(self, "seen", seen)
        strongest = sorted(self.limbs.items(), key=lambda one: -one[1])
        object.__setattr__(self, "limbs", MappingProxyType(dict(strongest)))

    @property
    def order(self) -> tuple[int, ...]:
        """The joints by their evidence for the answer, the strongest first."""
        return tuple(int(joint) for joint in np.argsort(-self.joints, kind="stable"))

    def top(self, count: int = 5) -> tuple[tuple[str, float], ...]:
        """The names of the ``count`` joints with the most evidence for the answer; none with evidence against
        it."""
        names = skeleton(self.skeleton).names
        return tuple(
            (names[j], float(self.joints[j])) for j in self.order[:count] if self.joints[j] > LEAST_NATS
        )

    def spans(self, *, share: float = 0.5) -> tuple[tuple[int, int], ...]:
        """Runs of rows, from and up to but without, that reach ``share`` of the strongest row, strongest first."""
        return strong_runs(self.times, share=share)


def explain(
    model: SequenceModel,
    values: FloatArray,
    *,
    task: str | None = None,
    label: str | None = None,
    method: str = "occlusion",
    settings: ExplanationSettings | None = None,
) -> Explanation:
    """Which joints, and when, are evidence for ``label`` (by default the model's own answer) in one window.

    ``values`` (L, F) as the model takes them. ``task`` may be left out where the model has one. ``method`` is in
    ``METHODS``: ``occlusion`` (Zeiler and Fergus 2014, section 4) hides a joint for a span of time, and whole
    joints and whole spans; ``gradients`` integrates the answer's gradient along the path from a body at rest to the
    window (Sundararajan et al. 2017, equation 1), by finite differences for a joint and span at a time. Both need
    only the model's outputs. Raises InvalidValueError for values of another shape, or with nothing known in
    them, and UnknownNameError for an unknown task, label or method.
    """
    how = choose(method, METHODS, what="method")
    query = AttributionQuery.of(
        model, values, task=task, label=label, settings=settings or ExplanationSettings()
    )
    effects = how(query)
    return Explanation(
        task=query.head.task.name,
        label=query.head.task.labels[query.label],
        score=query.probability,
        skeleton=model.card.spec.skeleton,
        joints=effects.joints,
        times=effects.times,
        map=np.where(query.seen, effects.cells, 0.0),
        seen=query.seen,
        limbs=dict(zip(limbs_of(model.card.spec.skeleton), effects.limbs.tolist(), strict=True)),
        rest=effects.rest,
    )


@dataclass(frozen=True)
class _Effects:
    """The effects of joints (J,), times (L,), both (L, J), limbs (B,), and of what belongs to no joint."""

    joints: Float64Array
    times: Float64Array
    cells: Float64Array
    limbs: Float64Array
    rest: float


def _occlude(query: AttributionQuery) -> _Effects:
    base = query.evidence(query.values[None])[0]

    def lost(hidden: BoolArray) -> Float64Array:
        shown = hide(query.values, hidden, fill=query.settings.fill)
        return np.asarray(base - query.evidence(shown))

    def lost_always(columns: BoolArray) -> Float64Array:
        return lost(np.broadcast_to(columns[:, None], (len(columns), *query.values.shape)))

    told = query.told
    limbs = np.stack([told[list(joints)].any(axis=0) for joints in limbs_of(query.skeleton).values()])
    every = np.ones(query.values.shape[1], dtype=np.bool_)
    return _Effects(
        np.where(query.seen.any(axis=0), lost_always(told), 0.0),
        query.spread(lost(query.spans[:, :, None] & every)),
        query.spread(_by_cell(query, lost)),
        lost_always(limbs),
        float(lost_always(query.unowned[None])[0]),
    )


def _integrate(query: AttributionQuery) -> _Effects:
    everything = np.ones((1, *query.values.shape), dtype=np.bool_)
    rest = hide(query.values, everything, fill="mean")[0]
    way = query.values - rest
    places = (np.arange(_PATH) + 0.5) / _PATH

    def slope(hidden: BoolArray) -> Float64Array:
        total = np.zeros(len(hidden))
        for place in places:
            here = rest + place * way
            there = here[None] + np.where(hidden, _STEP * way, 0.0)
            change = query.evidence(there.astype(np.float32)) - query.evidence(here[None])
            total += change / (_STEP * _PATH)
        return total

    cells = query.spread(_by_cell(query, slope))
    joints = cells.sum(axis=0) / query.spans.sum(axis=1).mean()
    limbs = [joints[list(its)].sum() for its in limbs_of(query.skeleton).values()]
    alone = np.broadcast_to(query.unowned, (1, *query.values.shape))
    return _Effects(joints, cells.sum(axis=1), cells, np.array(limbs), float(slope(alone)[0]))


def _by_cell(query: AttributionQuery, effect: Callable[[BoolArray], Float64Array]) -> Float64Array:
    """(S, J) the effect of each joint in each span."""
    found = np.zeros((len(query.spans), len(query.told)))
    for start in range(0, len(query.pairs), BATCH):
        pairs = query.pairs[start : start + BATCH]
        found[pairs[:, 0], pairs[:, 1]] = effect(query.cells(pairs))
    return found


METHODS: Mapping[str, Callable[[AttributionQuery], _Effects]] = MappingProxyType(
    {"occlusion": _occlude, "gradients": _integrate}
)
"""The attribution methods, by name."""
