"""From one color of an organization to the few that pages need, readable in light and dark (WCAG 2.2 AA).

Pure mathematics: sRGB as `#rrggbb`, lightness moved in OKLCH so that the hue stays the organization's.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

WHITE = "#ffffff"
INK = "#12141c"
LIGHT_SURFACE = "#f4f5f9"
DARK_SURFACE = "#1b1f2b"

TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0
_STEP = 0.005
_FALLBACK = "#4653c4"
_NEARBY = 0.09
_SEEN_LIGHT, _SEEN_DARK = 1.3, 2.2
_COMFORT_LIGHT, _COMFORT_DARK = 0.6, 1.5


@dataclass(frozen=True, slots=True)
class Palette:
    """`fill` stands behind `on_fill`, as in a button; `text` is for words on a surface.

    `shape` is for bars and ticked boxes: it stands out from the surface, and a white tick from it.
    """

    fill: str
    on_fill: str
    text: str
    shape: str


@dataclass(frozen=True, slots=True)
class Brand:
    light: Palette
    dark: Palette


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colors, from 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=512)
def brand(color: str) -> Brand:
    """The palettes for light and dark pages that stay as close to `color` as reading allows."""
    color = color if _is_color(color) else _FALLBACK
    return Brand(light=_palette(color, LIGHT_SURFACE, darker=True), dark=_palette(color, DARK_SURFACE, darker=False))


def stylesheet(color: str, selector: str = ":root,[data-bs-theme]") -> str:
    """The custom properties of canopy.css that an organization's color sets, for the page or for `selector`."""
    light, dark = brand(color).light, brand(color).dark
    pairs = {
        "--tblr-primary": (light.fill, dark.fill),
        "--tblr-primary-fg": (light.on_fill, dark.on_fill),
        "--cn-primary-text": (light.text, dark.text),
        "--cn-shape": (light.shape, dark.shape),
    }
    lines = "".join(f"{name}:light-dark({one},{other});" for name, (one, other) in pairs.items())
    return f"{selector}{{{lines}}}\n"


def _palette(color: str, surface: str, *, darker: bool) -> Palette:
    shape = _moved(color, darker=darker, until=lambda tried: contrast(tried, surface) >= SHAPE_CONTRAST)
    shape = _moved(shape, darker=True, until=lambda tried: contrast(tried, WHITE) >= SHAPE_CONTRAST)
    enough = TEXT_CONTRAST + (_COMFORT_LIGHT if darker else _COMFORT_DARK)
    text = _moved(color, darker=darker, until=lambda tried: contrast(tried, surface) >= enough)
    seen = _SEEN_LIGHT if darker else _SEEN_DARK
    fill, on_fill = _filled(_moved(color, darker=darker, until=lambda tried: contrast(tried, surface) >= seen))
    return Palette(fill, on_fill, text, shape)


def _filled(color: str) -> tuple[str, str]:
    """`color` and what is written on it: white where that takes no or little darkening, else ink."""
    deeper = _moved(color, darker=True, until=lambda tried: contrast(tried, WHITE) >= TEXT_CONTRAST)
    if _oklch(color)[0] - _oklch(deeper)[0] <= _NEARBY:
        return deeper, WHITE
    return _moved(color, darker=False, until=lambda tried: contrast(tried, INK) >= TEXT_CONTRAST), INK


def _moved(color: str, *, darker: bool, until: Callable[[str], bool]) -> str:
    """`color` with its lightness moved step by step until it serves; black or white serve in the end."""
    lightness, chroma, hue = _oklch(color)
    tried = color
    while not until(tried) and (lightness > 0 if darker else lightness < 1):
        lightness = max(lightness - _STEP, 0.0) if darker else min(lightness + _STEP, 1.0)
        tried = _hex(lightness, chroma, hue)
    return tried


def _is_color(color: str) -> bool:
    return len(color) == 7 and color[0] == "#" and all(digit in "0123456789abcdefABCDEF" for digit in color[1:])


def _linear(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return _to_linear(red), _to_linear(green), _to_linear(blue)


def _to_linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _from_linear(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * float(value ** (1 / 2.4)) - 0.055


def _luminance(color: str) -> float:
    red, green, blue = _linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklch(color: str) -> tuple[float, float, float]:
    red, green, blue = _linear(color)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """The nearest color a screen can show: chroma gives way before hue does."""
    channels = _channels(lightness, chroma, hue)
    while chroma > 0.001 and not all(-0.0005 <= channel <= 1.0005 for channel in channels):
        chroma *= 0.96
        channels = _channels(lightness, chroma, hue)
    clipped = (round(_from_linear(min(max(channel, 0.0), 1.0)) * 255) for channel in channels)
    return "#" + "".join(f"{channel:02x}" for channel in clipped)


def _channels(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
