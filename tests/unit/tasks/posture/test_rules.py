"""Limits in a file."""

from pathlib import Path

import pytest

from laban.errors import InvalidValueError, LabanError
from laban.tasks.posture.catalogue import MEASURES
from laban.tasks.posture.rules import SEVERITIES, default_rules, load_rules, parse_rules, rules_text

ONE = """
version = 1
[[rule]]
measure = "trunk_inclination"
unit = "deg"
direction = "above"
bands = { slight = 20, marked = 60 }
finding = "the trunk leans forward"
source = "a book"
"""


def test_the_rules_that_come_along_are_whole() -> None:
    rules = default_rules()
    assert {rule.measure for rule in rules.rules} <= set(MEASURES)
    for rule in rules.rules:
        assert rule.finding
        assert rule.source
        limits = [rule.limits[name] * rule.sign for name in SEVERITIES]
        assert limits == sorted(limits)
    assert any(rule.slump for rule in rules.rules)


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(ONE, encoding="utf-8")
    (rule,) = load_rules(path).rules
    assert dict(rule.limits) == {"slight": 20.0, "marked": 60.0}
    assert [rule.severity(value) for value in (19.0, 21.0, 61.0)] == [None, "slight", "marked"]
    assert rule.severity(float("nan")) is None


def test_a_finding_needs_all_of_the_interval_beyond_the_limit() -> None:
    (rule,) = parse_rules(ONE, origin="x").rules
    assert rule.cleared(19.0, 90.0) is None
    assert rule.cleared(25.0, 90.0) == "slight"
    below = next(one for one in default_rules().rules if one.direction == "below")
    assert below.cleared(-1000.0, below.first_limit + 1) is None
    assert below.cleared(-1000.0, below.first_limit - 0.01) == "slight"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("version = 1", "version = 2", "version"),
        ("version = 1", "version = 1\nextra = 3", "unknown key 'extra'"),
        ('unit = "deg"', 'unit = "torso"', "is in deg, got limits in torso"),
        ('unit = "deg"', 'unit = "grad"', "rule 1, unit"),
        ("trunk_inclination", "trunk_inclinatoin", "did you mean 'trunk_inclination'"),
        ("slight = 20", "slight = 70", "from slight to marked further above"),
        ("slight = 20, marked = 60", "", "from slight to marked"),
        ("slight = 20", "faint = 20", "slight"),
        ("source", "sauce", "did you mean 'source'"),
        ('source = "a book"', 'source = ""', "at least 1 character"),
        ("slight = 20", "slight = nan", "rule 1, bands"),
        ('direction = "above"', 'direction = "beside"', "above"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(before: str, after: str, message: str) -> None:
    assert before in ONE
    with pytest.raises(LabanError, match=message):
        parse_rules(ONE.replace(before, after, 1), origin="mine.toml")


def test_one_measure_has_one_rule_each_way() -> None:
    with pytest.raises(InvalidValueError, match="two rules above"):
        parse_rules(ONE + ONE.replace("version = 1", ""), origin="mine.toml")


def test_no_file_and_no_toml_are_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="cannot be read"):
        load_rules(tmp_path / "none.toml")
    with pytest.raises(InvalidValueError, match="not TOML"):
        parse_rules("rule = [", origin="mine.toml")


def test_the_file_that_comes_along_can_be_edited() -> None:
    edited = rules_text().replace("slight = 46", "slight = 52", 1)
    assert parse_rules(edited, origin="mine.toml").rules[0].first_limit == 52
