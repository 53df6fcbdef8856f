"""Whatever a photo is made of, its pixels come out and nothing else."""

import asyncio
import io
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import Any

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from services.media.photos import NotAPhoto, Studio

SIZE, PIXELS = (40, 30), 10_000
NAMES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def written(image: Image.Image, form: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


async def anew(
    content: bytes, form: str, studio: Studio | None = None
) -> tuple[Image.Image, dict[str, Any]]:
    with TemporaryFile() as sent, TemporaryFile() as made:
        sent.write(content)
        told = await (studio or Studio(PIXELS)).made_anew(sent, made, NAMES[form])
        made.seek(0)
        image = Image.open(io.BytesIO(made.read()))
        image.load()
        return image, told


@pytest.mark.parametrize(
    ("form", "mode", "comes_out"),
    [
        ("JPEG", "RGB", "RGB"),
        ("JPEG", "L", "L"),
        ("JPEG", "CMYK", "RGB"),
        ("PNG", "RGBA", "RGBA"),
        ("PNG", "P", "P"),
        ("PNG", "1", "1"),
        ("PNG", "LA", "LA"),
        ("PNG", "I;16", "RGB"),
        ("WEBP", "RGBA", "RGBA"),
    ],
)
async def test_a_photo_of_any_mode_is_made_anew(form: str, mode: str, comes_out: str) -> None:
    image, told = await anew(written(Image.new(mode, SIZE), form), form)
    assert (image.format, image.size, told) == (form, SIZE, {})
    assert image.mode in (comes_out, "RGB")


async def test_of_a_moving_picture_the_first_image_stays() -> None:
    frames = [Image.new("RGB", SIZE, colour) for colour in ("red", "blue", "green")]
    content = written(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    image, _ = await anew(content, "WEBP")
    assert getattr(image, "n_frames", 1) == 1


async def test_pixels_are_counted_before_any_is_decoded() -> None:
    content = written(Image.new("1", (20_000, 20_000)), "PNG")
    assert len(content) < 100_000
    with pytest.raises(NotAPhoto, match="too_many_pixels"):
        await anew(content, "PNG")
    await anew(written(Image.new("1", (100, 100)), "PNG"), "PNG")


def _exif(**told: Any) -> Callable[[], Image.Exif]:
    def made() -> Image.Exif:
        exif = Image.Exif()
        if "time" in told:
            exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = told["time"]
        if "latitude" in told:
            exif.get_ifd(IFD.GPSInfo).update(
                {
                    GPS.GPSLatitudeRef: told.get("side", "N"),
                    GPS.GPSLatitude: told["latitude"],
                    GPS.GPSLongitudeRef: "W",
                    GPS.GPSLongitude: (0.0, 30.0, 0.0),
                }
            )
        return exif

    return made


@pytest.mark.parametrize(
    ("exif", "told"),
    [
        (_exif(time="2026:01:05 10:20:30"), {"taken_at": "2026-01-05T10:20:30", "offset": None}),
        (_exif(time="    :  :     :  :  "), {}),
        (_exif(time="yesterday"), {}),
        (_exif(time="0000:00:00 00:00:00"), {}),
        (
            _exif(latitude=(29.0, 30.0, 36.0), side="S"),
            {"position": {"longitude": -0.5, "latitude": -29.51, "datum": "WGS84"}},
        ),
        (_exif(latitude=(29.0, 30.0)), {}),
    ],
)
async def test_of_the_exif_time_and_place_are_told(
    exif: Callable[[], Image.Exif], told: dict[str, Any]
) -> None:
    content = written(Image.new("RGB", SIZE), "JPEG", exif=exif())
    image, facts = await anew(content, "JPEG")
    assert facts == told
    assert dict(image.getexif()) == {}


async def test_a_file_of_another_form_is_no_photo() -> None:
    content = written(Image.new("RGB", SIZE), "GIF")
    for form in NAMES:
        with pytest.raises(NotAPhoto, match="not_readable"):
            await anew(content, form)


RED = written(Image.new("RGB", SIZE, "red"), "JPEG")


async def test_photos_share_a_program_that_is_ready_and_nothing_else() -> None:
    studio = Studio(PIXELS)
    await anew(RED, "JPEG", studio=studio)
    first = studio._program
    with pytest.raises(NotAPhoto, match="not_readable"):
        await anew(RED[:40], "JPEG", studio=studio)
    image, _ = await anew(RED, "JPEG", studio=studio)
    assert image.size == SIZE
    assert studio._program is first


async def test_a_program_that_is_gone_costs_no_photo() -> None:
    studio = Studio(PIXELS)
    await anew(RED, "JPEG", studio=studio)
    program = studio._program
    assert program
    program.kill()
    await anew(RED, "JPEG", studio=studio)
    assert studio._program is not program


async def test_a_photo_that_is_given_up_leaves_its_answer_to_nobody() -> None:
    studio = Studio(PIXELS)
    given_up = asyncio.create_task(anew(RED, "JPEG", studio=studio))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    large = written(Image.new("RGB", (64, 48)), "PNG")
    image, _ = await anew(large, "PNG", studio=studio)
    assert image.size == (64, 48)
