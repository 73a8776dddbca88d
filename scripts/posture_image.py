"""The image on the page about posture: one frame of the demo clip with the measures drawn on it.

    python -m scripts.posture_image demo.mp4

reads the clip that ``laban assets path demo`` prints, and takes the person who is seen from the left.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import cv2

from laban.pipeline.posture.assess import assess_side
from laban.pipeline.posture.files import draw_assessment
from laban.pipeline.recording.subject import open_side
from laban.pose.blazepose.jitter import JitterSettings
from laban.tasks.posture.settings import PostureSettings

TARGET = Path(__file__).resolve().parents[1] / "docs" / "images" / "posture.jpg"
_AT_S, _VIEW = 4.5, "left side"
_WIDTH_PX, _QUALITY = 640, 78


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", type=Path)
    settings = PostureSettings()
    side = open_side(f"{parser.parse_args().clip}@{_AT_S}s")
    people = (replace(side, person=person) for person in side.recording.people)
    found = (assess_side(one, settings=settings, jitter=JitterSettings()) for one in people)
    drawn = draw_assessment(next(one for one in found if one.report.view.name == _VIEW), settings=settings)
    image = drawn.listed_rgb
    size = (_WIDTH_PX, round(image.shape[0] * _WIDTH_PX / image.shape[1]))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(TARGET), small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])


if __name__ == "__main__":
    main()
