"""What the networks of a run answered for clips that they did not learn from, kept in its folder."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from laban.core.arrays import Float64Array, FloatArray, IntArray
from laban.errors import FormatError
from laban.render.files import written

HELD_OUT = "held_out.npz"

_SPLITS = 2


@dataclass(frozen=True, eq=False)
class ClipLogits:
    """The logits (N, K) of clips, by their positions ``clip`` (N,) among the clips of the data."""

    clip: IntArray
    logits: FloatArray

    def at(self, clips: IntArray) -> Float64Array:
        """(M, K) the logits of these clips, NaN where there are none."""
        out = np.full((len(clips), self.logits.shape[1]), np.nan)
        rows = {int(clip): row for row, clip in enumerate(self.clip)}
        for place, clip in enumerate(clips.tolist()):
            if clip in rows:
                out[place] = self.logits[rows[clip]]
        return out


@dataclass(frozen=True, eq=False)
class FoldAnswers:
    """The answers of the network of one fold for its validation and its test."""

    validation: ClipLogits
    test: ClipLogits


@dataclass(frozen=True, eq=False)
class HeldOutAnswers:
    """The answers of all folds of the split of a run, and of a random split."""

    held_out: tuple[FoldAnswers, ...]
    random: tuple[FoldAnswers, ...] = ()

    def save(self, path: Path) -> Path:
        """Writes them, completely or not at all."""
        places, answers = zip(*self._parts(), strict=True)
        with written(path) as temporary, temporary.open("wb") as stream:
            np.savez(
                stream,
                place=np.repeat(np.array(places), [len(one.clip) for one in answers], axis=0),
                clip=np.concatenate([one.clip for one in answers]),
                logits=np.concatenate([one.logits for one in answers]),
            )
        return path

    @classmethod
    def load(cls, path: Path) -> "HeldOutAnswers":
        """What was saved; raises FormatError where it is something else."""
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
                place, clip, logits = held["place"], held["clip"], held["logits"]
            return cls(*(_folds(number, place, clip, logits) for number in range(_SPLITS)))
        except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as error:
            raise FormatError(f"{path} does not hold the answers of a run: {error}") from error

    def _parts(self) -> Iterator[tuple[tuple[int, int, int], ClipLogits]]:
        """Each part, with the numbers of its split, its fold and itself."""
        for split, folds in enumerate((self.held_out, self.random)):
            for number, fold in enumerate(folds):
                yield (split, number, 0), fold.validation
                yield (split, number, 1), fold.test


def _folds(split: int, place: IntArray, clip: IntArray, logits: FloatArray) -> tuple[FoldAnswers, ...]:
    of_split = place[:, 0] == split
    count = 1 + int(place[of_split, 1].max(initial=-1))

    def part(fold: int, number: int) -> ClipLogits:
        rows = of_split & (place[:, 1] == fold) & (place[:, 2] == number)
        return ClipLogits(clip[rows], logits[rows])

    return tuple(FoldAnswers(part(fold, 0), part(fold, 1)) for fold in range(count))
