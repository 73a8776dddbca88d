"""What is known not to hold, with its reason: printed in the published table, and said where users read of it."""

from collections.abc import Mapping

LIMITS: Mapping[tuple[str, str], str] = {}
"""(change, answer) to the reason."""


def is_limit(change: str, answer: str) -> bool:
    return (change, answer) in LIMITS
