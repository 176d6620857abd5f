"""The color that a logo says by itself."""

from colorsys import rgb_to_hsv
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

_SIDE = 96
_COLORS = 12
_OPAQUE = 128
# Below these a pixel is a shade of gray, not a color; share of pixels below which it is an accident.
_LEAST_SATURATION = 0.25
_LEAST_VALUE = 0.2
_LEAST_SHARE = 0.02


def main_color(picture: BinaryIO) -> str:
    """The color that most of the picture is painted in, as #rrggbb; empty where it is black, white and gray only."""
    try:
        with Image.open(picture) as opened:
            small = opened.convert("RGBA")
            small.thumbnail((_SIDE, _SIDE))
    except (UnidentifiedImageError, OSError, ValueError):
        return ""
    painted = [(red, green, blue) for red, green, blue, alpha in _pixels(small) if alpha >= _OPAQUE]
    return _most_colorful(painted) if painted else ""


def _pixels(picture: Image.Image) -> list[tuple[int, int, int, int]]:
    raw = picture.tobytes()
    return list(zip(raw[0::4], raw[1::4], raw[2::4], raw[3::4], strict=True))


def _most_colorful(painted: list[tuple[int, int, int]]) -> str:
    flat = Image.new("RGB", (len(painted), 1))
    flat.putdata(painted)
    reduced = flat.quantize(colors=_COLORS)
    palette = reduced.getpalette() or []
    best, most = "", len(painted) * _LEAST_SHARE
    for count, color in reduced.getcolors() or []:
        index = 3 * int(color)  # type: ignore[arg-type]
        red, green, blue = palette[index : index + 3]
        _hue, saturation, value = rgb_to_hsv(red / 255, green / 255, blue / 255)
        weight = count * saturation
        if saturation >= _LEAST_SATURATION and value >= _LEAST_VALUE and weight > most:
            best, most = f"#{red:02x}{green:02x}{blue:02x}", weight
    return best
