"""``laban coach``: live coaching and its subcommands. The first word is an exercise unless it is a subcommand."""

import difflib
from pathlib import Path
from typing import Any

from typer.core import TyperGroup

from laban.cli.app import new_app, no_command
from laban.cli.coach.exercises import exercises
from laban.cli.coach.history import history
from laban.cli.coach.learn import learn
from laban.cli.coach.live import coach

_LIVE = "live"


class ExerciseFirst(TyperGroup):
    """A group whose subcommand is ``live`` if none is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts ``live`` before arguments that begin with neither a subcommand nor `--help`."""
        if args and args[0] not in self.commands and args[0] != "--help":
            if _means_a_command(args[0], list(self.commands)):
                ctx.fail(no_command(args[0], list(self.commands)))
            args = [_LIVE, *args]
        return super().parse_args(ctx, args)


def _means_a_command(word: str, commands: list[str]) -> bool:
    """Whether ``word`` is nearer to a command than to any exercise, and is no file."""
    from laban.tasks.coaching.exercise_file import shipped_exercises

    near = difflib.get_close_matches(word, [*commands, *shipped_exercises()], n=1, cutoff=0.75)
    return bool(near) and near[0] in commands and not Path(word).exists()


app = new_app(
    cls=ExerciseFirst,
    subcommand_metavar="EXERCISE SOURCE | COMMAND ...",
    no_args_is_help=True,
    help="""Coach a person through an exercise, live or from a video.

    `laban coach EXERCISE SOURCE` is short for `laban coach live EXERCISE SOURCE`, and `laban coach live --help`
    lists its options.""",
)
for _name, _command in ((_LIVE, coach), ("learn", learn), ("history", history), ("exercises", exercises)):
    app.command(_name)(_command)
