"""How the clips of a recogniser from pixels are split, and what to know of it."""

from collections.abc import Iterator
from dataclasses import replace

from laban.errors import InvalidValueError
from laban.models.training.split import Split
from laban.models.training.splits import has_groups, names_split, split_examples
from laban.pipeline.training.clip_splits import ClipSplits
from laban.pipeline.video.training.answers import absent_classes
from laban.pipeline.video.training.clips import LabelledClips
from laban.pipeline.video.training.settings import ClipLearningSettings


def clip_splits(clips: LabelledClips, settings: ClipLearningSettings) -> ClipSplits:
    """The split that ``settings`` ask for, and a random one beside it.

    Raises InvalidValueError where groups leave nothing to test.
    """
    examples = clips.examples
    chosen = settings.splitting(names_split=names_split(examples))
    if chosen.by == "group" and not has_groups(examples):
        raise InvalidValueError(
            "each class has clips of one group only, so nothing could be tested on another; add clips of "
            "other sources or people, or choose --split random, which flatters"
        )
    splits = split_examples(examples, settings=chosen)
    notes = tuple(_notes(clips, settings, splits[0], chosen.by))
    if chosen.by == "random":
        return ClipSplits(splits, notes=notes)
    beside = replace(settings, split="random").splitting(names_split=False)
    return ClipSplits(splits, split_examples(examples, settings=beside), notes)


def _notes(clips: LabelledClips, settings: ClipLearningSettings, first: Split, by: str) -> Iterator[str]:
    """What makes the metrics too optimistic, splits that the data names in vain, and absent classes."""
    named = sorted({clip.split for clip in clips.clips if clip.split})
    if by == "group" and len({clip.group for clip in clips.clips}) == len(clips):
        yield (
            "Every clip is a group of its own: where several come from one source or show one person, figures "
            "flatter; name groups in a table, or by a pattern with --group."
        )
    if named and by == "group" and settings.split == "auto" and settings.folds is None:
        yield (
            f"The splits that the data names ({', '.join(named)}) are not used: expected train and test, or "
            "validation, for every clip."
        )
    yield from absent_classes(clips, first)
