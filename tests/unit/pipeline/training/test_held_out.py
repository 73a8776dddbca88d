"""Answers for held-out clips, kept in the folder of a run, and one split for several recognisers."""

from pathlib import Path

import numpy as np
import pytest

from laban.errors import FormatError
from laban.pipeline.training.held_out import ClipLogits, FoldAnswers, HeldOutAnswers


def _answers(*clips: int) -> ClipLogits:
    return ClipLogits(
        np.array(clips, dtype=np.int64), np.array([[clip, -clip] for clip in clips], float).reshape(-1, 2)
    )


def test_answers_are_read_as_they_were_written(tmp_path: Path) -> None:
    folds = (FoldAnswers(_answers(3, 1), _answers(2)), FoldAnswers(_answers(), _answers(5, 4)))
    beside = (FoldAnswers(_answers(9), _answers(8, 7)),)
    kept = HeldOutAnswers.load(HeldOutAnswers(folds, beside).save(tmp_path / "new" / "held_out.npz"))
    for made, read in zip((*folds, *beside), (*kept.held_out, *kept.random), strict=True):
        for one, other in ((made.validation, read.validation), (made.test, read.test)):
            assert one.clip.tolist() == other.clip.tolist()
            assert one.logits.tolist() == other.logits.tolist()
    assert len(HeldOutAnswers.load(HeldOutAnswers(folds).save(tmp_path / "alone.npz")).random) == 0


def test_clips_without_an_answer_are_nan() -> None:
    found = _answers(3, 1).at(np.array([1, 2, 3]))
    assert found[[0, 2]].tolist() == [[1, -1], [3, -3]]
    assert np.isnan(found[1]).all()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"\x80\x04\x95 a pickle"])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "held_out.npz").write_bytes(content)
    with pytest.raises(FormatError, match="does not hold the answers"):
        HeldOutAnswers.load(tmp_path / "held_out.npz")
    np.savez(tmp_path / "other.npz", place=np.zeros(3))
    with pytest.raises(FormatError, match="does not hold the answers"):
        HeldOutAnswers.load(tmp_path / "other.npz")
