"""The multi-person engine: from frames to tracked people.

Each tracked person is searched for where the last frames predict them; a detector searches for others where
somebody may have appeared; the tracker assigns identities. The result depends on the frames alone: the same frames
give the same people bit for bit, with any number of threads.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from laban.core.checks import in_range
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33, Skeleton
from laban.pose.blazepose.confirmation import ConfirmationSettings, confirm, find_again
from laban.pose.blazepose.detection import (
    Detection,
    PersonDetector,
    box_iou,
    merge,
)
from laban.pose.blazepose.detection_schedule import DetectionSchedule, DetectionScheduleSettings
from laban.pose.blazepose.detector_agreement import DetectorAgreement, DetectorAgreementSettings
from laban.pose.blazepose.landmarker import Body, Landmarker
from laban.pose.blazepose.matching import match
from laban.pose.blazepose.plausibility import SAME_BODY, agreement, body_box, doubles, is_apart, is_plausible
from laban.pose.blazepose.region_prediction import (
    FAR_S,
    FRAMES_IN_FLIGHT,
    TrackedPeople,
    TrackedRegions,
    follow,
    still_missing,
)
from laban.pose.blazepose.regions import Region
from laban.pose.blazepose.tiles import Tile, square_tiles, whole_frame
from laban.pose.blazepose.weights import Weights, load_weights
from laban.pose.protocol import FrameOrder
from laban.pose.tracking import Observation, Tracked, Tracker, TrackerSettings


@dataclass(frozen=True)
class EngineSettings:
    """How people are detected and tracked.

    ``model`` lite, full or heavy; ``detector`` auto, blazepose or yolox; ``precision`` mixed, or float to reproduce
    the published weights exactly in a quarter more time; ``max_people`` the most people to track, the first seen
    first; ``min_score`` the least probability of a body in its region; ``threads`` the networks that run in
    parallel (the result does not depend on it).
    """

    model: str = "full"
    detector: str = "auto"
    precision: str = "mixed"
    max_people: int = 20
    min_score: float = 0.4
    threads: int = 1
    look: DetectionScheduleSettings = field(default_factory=DetectionScheduleSettings)
    confirmation: ConfirmationSettings = field(default_factory=ConfirmationSettings)
    detector_agreement: DetectorAgreementSettings = field(default_factory=DetectorAgreementSettings)
    tracker: TrackerSettings = field(default_factory=TrackerSettings)

    def __post_init__(self) -> None:
        in_range(self.max_people, name="max_people", low=1, high=100)
        in_range(self.min_score, name="min_score", low=0.0, high=1.0)
        in_range(self.threads, name="threads", low=1, high=64)


@dataclass(frozen=True, eq=False)
class _Pending:
    """A frame whose networks are running: landmarks of each tracked person, and the detector.

    ``tiles`` are the scheduled ones; ``detections`` come from these first, and perhaps from others. ``far`` is true
    where the previous frame was long before; ``missing`` are people not found in it."""

    frame: Frame
    bodies: dict[int, "Future[Body]"]
    tiles: tuple[Tile, ...]
    far: bool = False
    missing: frozenset[int] = frozenset()
    detections: "list[Future[list[Detection]]]" = field(default_factory=list)


class BlazePoseEngine:
    """Tracks everybody through the frames of one source, in order of time."""

    skeleton: Skeleton = BLAZEPOSE33

    def __init__(self, settings: EngineSettings | None = None, *, weights: Weights | None = None) -> None:
        self.settings = settings or EngineSettings()
        loaded = weights or load_weights(
            model=self.settings.model,
            detector=self.settings.detector,
            precision=self.settings.precision,
        )
        self.detector_name = loaded.detector_name
        self._detector: PersonDetector = loaded.make_detector()
        self._landmarkers: SimpleQueue[Landmarker] = SimpleQueue()
        for _ in range(self.settings.threads):
            self._landmarkers.put(loaded.make_landmarker())
        self._workers = ThreadPoolExecutor(self.settings.threads, thread_name_prefix="laban-pose")
        self._looking = ThreadPoolExecutor(1, thread_name_prefix="laban-look")
        self._order = FrameOrder()
        self._schedule = DetectionSchedule(self.settings.look, input_px=loaded.detector_input_px)
        self._agreement = DetectorAgreement(self.settings.detector_agreement)
        self._tracker = Tracker(self.settings.tracker)
        self._tracked = TrackedRegions()
        self._lost_s = -math.inf
        self._begun_s = math.inf

    def update(self, frame: Frame) -> list[Pose]:
        """The people in ``frame``, each with the id it has kept since it was first seen."""
        return self._finish(self._begin(frame))

    def run(self, frames: Iterable[Frame]) -> Iterator[tuple[Frame, list[Pose]]]:
        """``update`` for each frame, with two frames in progress at a time."""
        pending: list[_Pending] = []
        for frame in frames:
            if self._is_far(frame):  # it is predicted from the one before, which must be finished
                yield from ((oldest.frame, self._finish(oldest)) for oldest in pending)
                pending = []
            pending.append(self._begin(frame))
            if len(pending) == FRAMES_IN_FLIGHT:
                oldest = pending.pop(0)
                yield oldest.frame, self._finish(oldest)
        for oldest in pending:
            yield oldest.frame, self._finish(oldest)

    def detect(self, frame: Frame) -> list[Pose]:
        """The people in a still image, independent of other frames."""
        tiles = (whole_frame(frame.size_wh), *square_tiles(frame.size_wh))
        found = merge([one for tile in tiles for one in self._detector.detect(frame, tile)])
        bodies = self._confirm(frame, found, followed=[])
        return [body.pose() for body in bodies[: self.settings.max_people]]

    def close(self) -> None:
        """Stops the threads; may be called again."""
        self._order.close()
        self._workers.shutdown()
        self._looking.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _begin(self, frame: Frame) -> _Pending:
        """Starts the work on ``frame`` that depends only on the state two frames earlier."""
        self._order.check(frame)
        far = self._is_far(frame)
        self._begun_s = frame.time_s
        known = self._tracked.latest_for_next() if far else self._tracked.next()
        missing = known.missing if far else {}
        bodies = {
            person: self._workers.submit(self._find, frame, one.at(frame.time_s))
            for person, one in (known.people | missing).items()
        }
        boxes = [one.region.box() for one in known.people.values()]
        tiles = self._schedule.choose(
            frame,
            followed=boxes,
            lost_now=known.lost_now,
            lost_lately=known.lost_lately,
            full=len(boxes) >= self.settings.max_people,
        )
        # Between frames far apart people may have left the regions that are predicted for them.
        looked = self._schedule.around(frame, boxes, besides=tiles) if far else tiles
        looks = [self._looking.submit(self._detector.detect, frame, tile) for tile in looked]
        return _Pending(frame, bodies, tiles, far, frozenset(missing), looks)

    def _is_far(self, frame: Frame) -> bool:
        return frame.time_s - self._begun_s > FAR_S

    def _finish(self, pending: _Pending) -> list[Pose]:
        frame = pending.frame
        seen = {person: future.result() for person, future in pending.bodies.items()}
        for person, known in self._tracked.latest.people.items():
            if person not in seen:  # confirmed in the frame before, after this one was started
                seen[person] = self._find(frame, known.at(frame.time_s))
        if pending.far:
            followed = self._tracked.latest.people | self._tracked.latest.missing
            seen = {
                person: self._find_again(frame, body, searching=followed[person].is_old_friend(frame.time_s))
                for person, body in seen.items()
            }
        held = {person: body for person, body in seen.items() if self._holds(body)}
        held = {
            person: body
            for person, body in held.items()
            if person not in pending.missing or self._is_sure(body)
        }
        held = self._part(frame, held)
        looks = [look.result() for look in pending.detections]
        detections = merge([one for look in looks for one in look])
        is_complete = held.keys() >= seen.keys()
        held = self._agreement.weigh(held, detections, pending.tiles)
        # Extra detector runs serve tracked people only, else slow streams would have more newcomers.
        due = (
            merge([one for look in looks[: len(pending.tiles)] for one in look])
            if is_complete
            else detections
        )
        confirmed = self._confirm(frame, due, followed=list(held.values()))
        return self._track(frame, held, confirmed)

    def _find(self, frame: Frame, region: Region, hidden: Sequence[Body] = ()) -> Body:
        landmarker = self._landmarkers.get()
        try:
            return landmarker.find(frame, region, hidden_px=[body.image_px for body in hidden])
        finally:
            self._landmarkers.put(landmarker)

    def _find_again(self, frame: Frame, body: Body, *, searching: bool) -> Body:
        return find_again(
            body,
            find=lambda region: self._find(frame, region),
            settings=self.settings.confirmation,
            searching=searching,
        )

    def _part(self, frame: Frame, held: dict[int, Body]) -> dict[int, Body]:
        """Where the regions of two people gave one body, searches again for the person further from it."""
        parted = dict(held)
        for first, second in doubles(held):
            if first not in parted or second not in parted:
                continue
            regions = {person: parted[person].region for person in (first, second)}
            owner = min(regions, key=lambda person: regions[person].distance(parted[first].following))
            other = second if owner == first else first
            again = self._find(frame, regions[other], hidden=[parted[owner]])
            if self._holds(again) and is_apart(again, parted[owner]):
                parted[other] = again
            else:
                del parted[other]
        return parted

    def _holds(self, body: Body) -> bool:
        return body.score >= self.settings.min_score and is_plausible(body)

    def _is_sure(self, body: Body) -> bool:
        return body.score >= self.settings.confirmation.min_score

    def _confirm(
        self, frame: Frame, detections: Sequence[Detection], *, followed: Sequence[Body]
    ) -> list[Body]:
        """The bodies of the detections that no tracked body explains."""
        explained = match(followed, detections).detections
        known = list(followed)
        for index, detection in enumerate(detections):
            if len(known) >= self.settings.max_people:
                break
            body = None if index in explained else self._confirm_one(frame, detection, known=known)
            if body is not None:
                known.append(body)
        return known[len(followed) :]

    def _confirm_one(self, frame: Frame, detection: Detection, *, known: Sequence[Body]) -> Body | None:
        """The body of a detection; where the network prefers a tracked person, that person is masked first."""
        body = self._confirm_without(frame, detection, hidden=[])
        preferred = [one for one in known if body is not None and agreement(body, one) < SAME_BODY]
        if body is not None and not preferred:
            return body
        hidden = preferred or [one for one in known if box_iou(body_box(one), detection.box_xyxy_px) > 0]
        again = self._confirm_without(frame, detection, hidden=hidden) if hidden else None
        return again if again is not None and all(is_apart(again, one) for one in known) else None

    def _confirm_without(self, frame: Frame, detection: Detection, *, hidden: Sequence[Body]) -> Body | None:
        return confirm(
            detection,
            find=lambda region: self._find(frame, region, hidden),
            settings=self.settings.confirmation,
        )

    def _track(self, frame: Frame, held: dict[int, Body], confirmed: list[Body]) -> list[Pose]:
        """Lets the tracker assign identities, and stores the region of each person for the next frames."""
        hints: list[int | None] = [*held, *([None] * len(confirmed))]
        bodies = [*held.values(), *confirmed]
        observations = [
            Observation(body.pose(), appearance=body.appearance, hint=hint)
            for body, hint in zip(bodies, hints, strict=True)
        ]
        tracked = self._tracker.update(observations, time_s=frame.time_s)[: self.settings.max_people]
        self._remember(tracked, bodies, time_s=frame.time_s)
        return [one.pose for one in tracked]

    def _remember(self, tracked: Sequence[Tracked], bodies: Sequence[Body], *, time_s: float) -> None:
        latest = self._tracked.latest
        before = latest.people
        people = {
            one.person: follow(
                (before | latest.missing).get(one.person), bodies[one.observation].following, time_s=time_s
            )
            for one in tracked
        }
        lost_now = not before.keys() <= people.keys()
        self._lost_s = time_s if lost_now else self._lost_s
        lately = time_s - self._lost_s <= self.settings.tracker.max_age_s
        missing = still_missing(latest, people, time_s=time_s)
        self._tracked.add(TrackedPeople(people, missing=missing, lost_now=lost_now, lost_lately=lately))
