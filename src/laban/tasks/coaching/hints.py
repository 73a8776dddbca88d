"""Chooses one hint at a time, shown for long enough to be read."""

from collections.abc import Sequence
from dataclasses import dataclass

from laban.tasks.coaching.feedback import Hint

_OTHER_DEG = 10.0

_DIRECTIONS = {
    "elbow": ("straighten", "bend"),
    "knee": ("straighten", "bend"),
    "shoulder": ("raise_arm", "lower_arm"),
    "hip": ("straighten_hip", "bend_hip"),
}
"""The hint for an angle smaller than the reference's, and for a larger one."""


@dataclass(frozen=True)
class Candidate:
    """A candidate hint: ``at_once`` for something that has happened and is over."""

    hint: Hint
    at_once: bool = False


def joint_hint(joint: str, difference_deg: float) -> Hint:
    """The hint for an angle that differs by trainee minus reference.

    >>> joint_hint("left_elbow", -22.0)
    Hint(key='straighten', joint='left_elbow', amount_deg=22.0)
    """
    smaller, larger = _DIRECTIONS[joint.split("_")[1]]
    return Hint(smaller if difference_deg < 0 else larger, joint, abs(difference_deg))


class HintBoard:
    """Chooses one of the candidate hints, and rarely changes it.

    A hint is given once its reason has lasted for ``after_s``, stays for ``least_s`` at least, and goes when its
    reason has been absent for ``after_s``. Of several the first counts.
    """

    def __init__(self, *, after_s: float, least_s: float) -> None:
        self._after_s, self._least_s = after_s, least_s
        self._since_s: dict[tuple[str, str | None], float] = {}
        self._shown: Hint | None = None
        self._shown_s = self._wanted_s = 0.0

    def update(self, candidates: Sequence[Candidate], time_s: float) -> tuple[Hint | None, bool]:
        """The hint at ``time_s``, and whether it is new; candidates come best first."""
        wanted = {_name(one.hint): one for one in candidates}
        self._since_s = {name: self._since_s.get(name, time_s) for name in wanted}
        if self._shown is not None:
            kept = self._still_shown(self._shown, wanted, time_s)
            if kept is not None:
                self._shown = kept
                return kept, False
        ripe = [
            one.hint
            for name, one in wanted.items()
            if one.at_once or time_s - self._since_s[name] >= self._after_s
        ]
        self._shown = ripe[0] if ripe else None
        self._shown_s = self._wanted_s = time_s
        return self._shown, self._shown is not None

    def _still_shown(
        self, shown: Hint, wanted: dict[tuple[str, str | None], Candidate], time_s: float
    ) -> Hint | None:
        """The hint to keep showing; its amount stays unless it differs clearly, because flickering numbers cannot
        be read."""
        if _name(shown) in wanted:
            self._wanted_s = time_s
            now = wanted[_name(shown)].hint
            return now if abs((now.amount_deg or 0.0) - (shown.amount_deg or 0.0)) >= _OTHER_DEG else shown
        young = time_s - self._shown_s < self._least_s
        return shown if young or time_s - self._wanted_s < self._after_s else None


def _name(hint: Hint) -> tuple[str, str | None]:
    return hint.key, hint.joint
