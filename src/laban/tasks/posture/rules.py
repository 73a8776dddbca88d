"""Rules as data: the limits of each measure, their severity, and the source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_args

from laban.core.checks import unknown_message
from laban.errors import InvalidValueError, UnknownNameError
from laban.tasks.posture.catalogue import MEASURES, Unit

Direction = Literal["above", "below"]
Severity = Literal["slight", "moderate", "marked"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)

_VERSION = 1


@dataclass(frozen=True)
class Rule:
    """Beyond which ``limits``, in the measure's unit and from slight to marked, a measure is a finding; with
    ``slump`` the time beyond the first of them counts as slumped."""

    measure: str
    direction: Direction
    limits: Mapping[Severity, float]
    hysteresis: float
    finding: str
    source: str
    slump: bool = False

    @property
    def sign(self) -> float:
        """1 where larger is worse, -1 where smaller is."""
        return 1.0 if self.direction == "above" else -1.0

    @property
    def first_limit(self) -> float:
        """Where the least severe band begins."""
        return next(iter(self.limits.values()))

    def severity(self, value: float) -> Severity | None:
        """The band of a value, None where it is within the limits or NaN."""
        beyond = [name for name, limit in self.limits.items() if (value - limit) * self.sign > 0]
        return beyond[-1] if beyond else None

    def cleared(self, low: float, high: float) -> Severity | None:
        """The worst band that the whole interval lies in or beyond."""
        return self.severity(low if self.sign > 0 else high)


@dataclass(frozen=True)
class Rules:
    """All rules, and where they were read from."""

    rules: tuple[Rule, ...]
    origin: str = "the rules that come with Laban"

    def of(self, measure: str) -> tuple[Rule, ...]:
        """Those for one measure: at most one each way."""
        return tuple(rule for rule in self.rules if rule.measure == measure)


@lru_cache(maxsize=1)
def default_rules() -> Rules:
    """The rules that come with the package."""
    return parse_rules(rules_text(), origin="the rules that come with Laban")


def rules_text() -> str:
    """The text of those rules, for editing."""
    return (files(__package__ or __name__) / "rules.toml").read_text(encoding="utf-8")


def load_rules(path: Path) -> Rules:
    """The rules in a file of TOML; raises InvalidValueError or UnknownNameError where it is invalid."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidValueError(f"{path}: rules cannot be read: {error}") from error
    return parse_rules(text, origin=str(path))


def parse_rules(text: str, *, origin: str) -> Rules:
    """The rules in ``text``, checked: unknown keys and measures are refused, limits must rise in severity."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidValueError(f"{origin} is not TOML: {error}") from error
    entries = _validated(content, origin)
    rules = tuple(_rule(entry, origin) for entry in entries)
    for rule in rules:
        if sum((one.measure, one.direction) == (rule.measure, rule.direction) for one in rules) > 1:
            raise InvalidValueError(
                f"{origin}: {rule.measure} has two rules {rule.direction} a limit; keep one"
            )
    return Rules(rules, origin)


def _rule(entry: Any, origin: str) -> Rule:
    if entry.measure not in MEASURES:
        raise UnknownNameError(f"{origin}: {unknown_message(entry.measure, MEASURES, what='measure')}")
    unit = MEASURES[entry.measure].unit
    if entry.unit != unit:
        raise InvalidValueError(f"{origin}: {entry.measure} is in {unit}, got limits in {entry.unit}")
    limits = {name: entry.bands[name] for name in SEVERITIES if name in entry.bands}
    sign = 1 if entry.direction == "above" else -1
    ordered = list(limits.values())
    if not ordered or any((later - earlier) * sign <= 0 for earlier, later in pairwise(ordered)):
        raise InvalidValueError(
            f"{origin}: the bands of {entry.measure} must go from slight to marked further {entry.direction}, "
            f"got {limits}"
        )
    return Rule(
        entry.measure,
        entry.direction,
        MappingProxyType(limits),
        entry.hysteresis,
        entry.finding,
        entry.source,
        entry.slump,
    )


def _validated(content: Mapping[str, object], origin: str) -> list[Any]:
    from pydantic import ValidationError

    try:
        return list(_file_model().model_validate(content).rule)
    except ValidationError as error:
        # A misspelt key is both unknown and missing; the former is more helpful.
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        raise InvalidValueError(f"{origin}: {_place(first['loc'])}: {_reason(first)}") from error


def _place(location: tuple[int | str, ...]) -> str:
    """Where in the file: the rule counted from 1, and the key."""
    words = [
        f"rule {part + 1}" if isinstance(part, int) else str(part) for part in location if part != "rule"
    ]
    return ", ".join(words) or "the file"


def _reason(problem: Any) -> str:
    if problem["type"] == "extra_forbidden":
        known = _ENTRY_KEYS if len(problem["loc"]) > 1 else ("version", "rule")
        return unknown_message(str(problem["loc"][-1]), known, what="key")
    if problem["type"] == "missing":
        return "is missing"
    message: str = problem["msg"]
    return f"{message[:1].lower()}{message[1:]}, got {problem['input']!r}"


_ENTRY_KEYS = ("measure", "unit", "direction", "bands", "hysteresis", "finding", "source", "slump")


@lru_cache(maxsize=1)
def _file_model() -> Any:
    """The schema of such a file; built at first use, so that importing stays fast."""
    from pydantic import BaseModel, ConfigDict, Field

    strict = ConfigDict(extra="forbid", frozen=True)
    number = Annotated[float, Field(ge=-10_000, le=10_000, allow_inf_nan=False)]
    words = Annotated[str, Field(min_length=1, max_length=500)]

    class Entry(BaseModel):
        model_config = strict
        measure: str
        unit: Unit
        direction: Direction
        bands: dict[Severity, number]
        hysteresis: Annotated[float, Field(ge=0, le=1000)] = 0.0
        finding: words
        source: words
        slump: bool = False

    class File(BaseModel):
        model_config = strict
        version: Literal[1]
        rule: list[Entry]

    return File
