"""Matches a model's tasks to data that has other names for them."""

from dataclasses import replace

from laban.errors import InvalidValueError
from laban.models.card import ModelCard, Task
from laban.pipeline.dataset import Dataset
from laban.pipeline.dataset.values import Item


def for_model(
    dataset: Dataset, card: ModelCard, *, task: str | None = None
) -> tuple[Dataset, tuple[str, ...]]:
    """The dataset with the model's name for its task, and notes.

    Data of one task answers the task called ``task``, else the model's task of that name, else the model's only
    one. Where both have a background it is the same, whatever it is called. Raises InvalidValueError where it is
    not certain which of the model's tasks is meant, UnknownNameError where the model has no ``task``.
    """
    own, held = [one.name for one in card.tasks], [one.name for one in dataset.tasks]
    if task is not None:
        card.head(task)
        if len(held) > 1:
            raise InvalidValueError(
                f"the data has the tasks {', '.join(held)}; a task can be named for data of one task only"
            )
    wanted = task or (own[0] if len(own) == len(held) == 1 else None)
    if wanted is None and not set(own) & set(held):
        raise InvalidValueError(
            f"the model has the tasks {', '.join(own)} and the data {', '.join(held)}; choose one "
            "with --task, or in a column 'task'"
        )
    pairs = {name: wanted or name for name in held if (wanted or name) in own}
    notes: list[str] = []
    for name, of_model in pairs.items():
        dataset, said = _matched(dataset, dataset.task(name), card.head(of_model).task)
        notes += said
    return dataset, tuple(notes)


def _matched(dataset: Dataset, given: Task, own: Task) -> tuple[Dataset, list[str]]:
    """The task ``given`` by its name in the model, and so is its background, unless the model has that label."""
    names = {label: label for label in given.labels}
    notes = []
    if given.background is not None and own.background is not None and given.background not in own.labels:
        names[given.background] = own.background
        notes.append(f"{own.name}: {given.background!r} is taken as the model's {own.background!r}.")
    labels = dict.fromkeys([*names.values(), *([own.background] if own.background else [])])
    task = Task(own.name, tuple(labels), own.background)
    items = tuple(_renamed(item, given.name, own.name, names) for item in dataset.items)
    tasks = tuple(task if one.name == given.name else one for one in dataset.tasks)
    return replace(dataset, tasks=tasks, items=items), notes


def _renamed(item: Item, given: str, own: str, names: dict[str, str]) -> Item:
    if given not in item.labels:
        return item
    spans = tuple(replace(span, label=names[span.label]) for span in item.labels[given])
    return replace(item, labels={**{k: v for k, v in item.labels.items() if k != given}, own: spans})
