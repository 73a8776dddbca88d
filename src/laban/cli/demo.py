"""``laban demo``: extraction and drawing on a sample clip."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from laban.cli.asset_fetching import fetch_asset
from laban.cli.extract_job import OVERLAY_SUFFIX, RECORDING_SUFFIX, extract_all
from laban.cli.extract_options import ExtractOptions
from laban.cli.inputs import expand_inputs
from laban.cli.options import INTO_FOLDER, AsJson, Quiet, with_options
from laban.cli.output import Outcome, report, say
from laban.core.answers.outcomes import DemoAnswer


@dataclass(frozen=True)
class DemoOptions:
    """The options of ``laban demo``."""

    output: Annotated[Path, INTO_FOLDER] = Path("demo")
    clip: Annotated[str, typer.Option(help="The sample clip; see `laban assets list`.")] = "demo"


@with_options("demo")
def demo(*, options: DemoOptions, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Download a sample clip, find and track the people in it, and draw them, in about a minute.

    Writes a recording, the video with skeletons drawn over it, a contact sheet, and a page that shows the people in
    3D. Results go to the folder `demo` unless `-o` names another.
    """
    start_s = time.perf_counter()
    source = fetch_asset(options.clip, quiet=quiet)
    extraction = ExtractOptions(output=options.output, overlay=True)
    say("finding and tracking people", quiet=quiet)
    outcome = extract_all(expand_inputs([source]), extraction, quiet=quiet)
    if outcome.exit_code:
        raise typer.Exit(outcome.exit_code)
    recording = options.output / (source.stem + RECORDING_SUFFIX)
    made = {
        "recording": recording,
        "overlay": recording.with_suffix(OVERLAY_SUFFIX),
        **_images(source, recording),
    }
    elapsed_s = time.perf_counter() - start_s
    report(_answer(outcome, made, elapsed_s), _words(outcome, made, elapsed_s), as_json=as_json)


def _images(source: Path, recording_file: Path) -> dict[str, Path]:
    from laban.io import load
    from laban.pipeline.recording.draw import write_sheet, write_view
    from laban.pipeline.recording.video import open_frames

    recording = load(recording_file)
    sheet, page = recording_file.with_suffix(".sheet.png"), recording_file.with_suffix(".html")
    with open_frames(source) as frames:
        write_sheet(sheet, recording, frames)
    write_view(page, recording)
    return {"sheet": sheet, "page": page}


def _answer(outcome: Outcome, made: dict[str, Path], elapsed_s: float) -> DemoAnswer:
    paths = {name: str(path) for name, path in made.items()}
    return DemoAnswer.extending(outcome.items[0].details, **paths, elapsed_s=elapsed_s)


def _words(outcome: Outcome, made: dict[str, Path], elapsed_s: float) -> str:
    about = {
        "recording": "everyone's movement, for `laban show` and any Parquet reader",
        "overlay": "the video with skeletons drawn over it",
        "sheet": "a contact sheet",
        "page": "open it in a browser: 3D skeletons and angle curves",
    }
    width = max(len(str(path)) for path in made.values())
    lines = [f"  {path!s:<{width}}  {about[name]}" for name, path in made.items()]
    return "\n".join([f"{outcome.items[0].words} · {elapsed_s:.1f} s in total", *lines])
