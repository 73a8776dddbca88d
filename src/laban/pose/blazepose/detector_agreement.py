"""Agreement of the detector with tracked people: what it never detects again may be no person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from laban.pose.blazepose.detection import Detection
from laban.pose.blazepose.landmarker import Body
from laban.pose.blazepose.matching import match
from laban.pose.blazepose.tiles import Tile


@dataclass(frozen=True)
class DetectorAgreementSettings:
    """A body is dropped after ``max_looks`` detector runs without a match, unless its score is at least
    ``sure``."""

    max_looks: int = 4
    sure: float = 0.9


class DetectorAgreement:
    """Counts for each person the detector runs without a match."""

    def __init__(self, settings: DetectorAgreementSettings) -> None:
        self._settings = settings
        self._missed: dict[int, int] = {}

    def weigh(
        self, held: Mapping[int, Body], detections: Sequence[Detection], tiles: Sequence[Tile]
    ) -> dict[int, Body]:
        """The bodies of ``held`` to keep, after the detector returned ``detections``.

        A miss counts only in ``tiles``: an extra detector run must not drop anybody sooner.
        """
        if not tiles and not detections:
            return dict(held)
        supported = match(list(held.values()), detections).bodies
        for index, (person, body) in enumerate(held.items()):
            looked = any(_covers(tile, body) for tile in tiles)
            missed = self._missed.get(person, 0) + int(looked)
            self._missed[person] = 0 if index in supported else missed
        self._missed = {person: count for person, count in self._missed.items() if person in held}
        return {person: body for person, body in held.items() if self._keeps(person, body)}

    def _keeps(self, person: int, body: Body) -> bool:
        return self._missed[person] < self._settings.max_looks or body.score >= self._settings.sure


def _covers(tile: Tile, body: Body) -> bool:
    across = body.following.x_px - tile.x_px
    down = body.following.y_px - tile.y_px
    return 0 <= across <= tile.side_px and 0 <= down <= tile.side_px
