"""All commands: where each is defined, its line in ``laban --help``, and examples for its own help.

A command's module is imported only when the command runs, so that the help appears at once.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """``target`` is ``module:name`` of a function or a Typer application."""

    target: str
    about: str
    examples: tuple[str, ...]


COMMANDS = {
    "demo": Entry(
        "laban.cli.demo:demo",
        "Extract and draw the people in a sample clip.",
        ("laban demo", "laban demo -o somewhere"),
    ),
    "extract": Entry(
        "laban.cli.extract:extract",
        "Find and track people in videos and save their movement.",
        (
            "laban extract clip.mp4 -o out",
            "laban extract videos/ more/*.mov -o out --overlay",
            "laban extract clip.mp4 -o out --model heavy --max-people 2 --json",
        ),
    ),
    "show": Entry(
        "laban.cli.look:show",
        "Summarise a recording: people, time ranges and visibility.",
        ("laban show clip.parquet", "laban show clip.parquet --json"),
    ),
    "draw": Entry(
        "laban.cli.look:draw",
        "Draw a recording as a video, a contact sheet or curves.",
        ("laban draw clip.parquet", "laban draw clip.parquet --sheet -o sheet.png"),
    ),
    "view": Entry(
        "laban.cli.look:view",
        "Write a web page that shows a recording in 3D.",
        ("laban view clip.parquet", "laban view clip.parquet -o page.html --open"),
    ),
    "convert": Entry(
        "laban.cli.convert:convert",
        "Convert poses from one file format to another.",
        ("laban convert clip.parquet clip.trc", "laban convert keypoints.json clip.parquet"),
    ),
    "features": Entry(
        "laban.cli.features:features",
        "Write joint angles and kinematics as a table.",
        (
            "laban features clip.mp4 -o angles.csv",
            "laban features clip.parquet --set angles --set angular_velocity -o knees.parquet",
            "laban features clip.parquet --column left_knee --column 'velocity_left_wrist_*'",
        ),
    ),
    "train": Entry(
        "laban.cli.train:train",
        "Train an action recogniser on labelled clips.",
        (
            "laban train clips/ -o run",
            "laban train clips.csv -o run --folds 5 --window-s 1.5",
            "laban train dances/ -o run --whole-clips 60 --people most_moving",
        ),
    ),
    "train-image": Entry(
        "laban.cli.train_image:train_image",
        "Train an image classifier on labelled images.",
        (
            "laban train-image postures/ -o run",
            "laban train-image desk.csv -o run --backbone landmarks",
            "laban train-image yolo/data.yaml -o run --tune frozen --group '(.+)_[0-9]+'",
        ),
    ),
    "train-video": Entry(
        "laban.cli.train_video:train_video",
        "Train an action recogniser on the pixels of labelled clips.",
        (
            "laban train-video clips/ -o run",
            "laban train-video UCF50/ -o run --network lrcn --folds 5",
            "laban train-video clips.csv -o run --network lrcn-small",
        ),
    ),
    "evaluate": Entry(
        "laban.cli.evaluate:evaluate",
        "Evaluate a model on labelled clips it has not seen.",
        ("laban evaluate run other-clips/", "laban evaluate fall clips.csv -o evaluation --json"),
    ),
    "predict": Entry(
        "laban.cli.predict:predict",
        "Recognise what each person does, and when.",
        (
            "laban predict fall clip.mp4",
            "laban predict run videos/ -o out.csv --overlay overlays",
            "laban predict safety clip.parquet -o clip.vtt",
        ),
    ),
    "watch": Entry(
        "laban.cli.watch:watch",
        "Watch a camera or video and print one JSON event per line.",
        ("laban watch fall 0", "laban watch safety corridor.mp4 --enter 0.8 --cool-down-s 10"),
    ),
    "explain": Entry(
        "laban.cli.explain:explain",
        "Show which joints and moments decided a prediction.",
        (
            "laban explain fall clip.mp4 -o why",
            "laban explain safety clip.parquet --task fight --person 2 --video -o why",
        ),
    ),
    "add-class": Entry(
        "laban.cli.add_class:add_class",
        "Add a class to a model from one to five clips.",
        (
            "laban add-class run cartwheel one.mp4 two.mp4 -o mine.tflite",
            "laban add-class safety stumble clips/*.mp4 --task fall -o mine.tflite",
        ),
    ),
    "compare": Entry(
        "laban.cli.compare:compare",
        "Compare a pose or movement with a reference.",
        (
            "laban compare mine.jpg theirs.jpg",
            "laban compare mine.mp4@2.5s theirs.parquet@4s -o compared",
            "laban compare mine.mp4 theirs.mp4 -o compared",
        ),
    ),
    "reps": Entry(
        "laban.cli.reps:reps",
        "Count the repetitions in a clip.",
        ("laban reps clip.mp4", "laban reps clip.parquet --joint left_knee --low-deg 100 --high-deg 160"),
    ),
    "posture": Entry(
        "laban.cli.posture.app:posture",
        "Measure posture: alignment and balance, with intervals.",
        (
            "laban posture side.jpg -o report --height-cm 172",
            "laban posture desk.mp4 --json",
            "laban posture front.jpg --plumb-line 120,40,118,900",
            "laban posture march.jpg may.jpg --visits -o report",
            "laban posture 0 --live",
        ),
    ),
    "coach": Entry(
        "laban.cli.coach.app:app",
        "Coach a person through an exercise, live.",
        (
            "laban coach squat 0 --show",
            "laban coach squat clip.mp4 -o workout --lang ko",
            "laban coach learn good.mp4 -o mine.toml",
            "laban coach history squat -o progress.html",
            "laban coach exercises",
        ),
    ),
    "audit": Entry(
        "laban.cli.audit:audit",
        "Check a dataset before training.",
        ("laban audit clips/", "laban audit clips.csv --json", "laban audit poses.pkl --split xsub"),
    ),
    "assets": Entry(
        "laban.cli.assets:app",
        "List, fetch and locate weights and samples.",
        ("laban assets list", "laban assets fetch", "laban assets path demo"),
    ),
    "evaluate-pose": Entry(
        "laban.cli.evaluate_pose:evaluate_pose",
        "Evaluate pose models on labelled images.",
        ("laban evaluate-pose person_keypoints.json",),
    ),
}

SUBCOMMANDS = ("coach_learn",)
"""Subcommands with options of their own, by their table in laban.toml."""
