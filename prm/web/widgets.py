"""Controls beyond Django's own. Their markup is in templates/web/forms/field.html, by the bound field's `kind`."""

from collections.abc import Mapping
from typing import Any

from django import forms


class Switch(forms.CheckboxInput):
    """A yes or no that reads as a setting."""


class _Cards:
    """Choices as cards. `hints` gives each value one line under its label; `icons` a lucide icon's name."""

    def __init__(
        self, *args: Any, hints: Mapping[str, Any] | None = None, icons: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.hints = hints or {}
        self.icons = icons or {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["hint"] = self.hints.get(str(value), "")
        option["icon"] = self.icons.get(str(value), "")
        return option


class RadioCards(_Cards, forms.RadioSelect):
    """One of a few, each with room for a line of explanation."""


class CheckCards(_Cards, forms.CheckboxSelectMultiple):
    """Some of a few, each with room for a line of explanation."""


class FileDrop(forms.ClearableFileInput):
    """A file to choose or to drop. The field's `max_size` (bytes) is shown; the service that stores it checks it."""


class MarkdownArea(forms.Textarea):
    """Text in Markdown, tall enough to write in."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 12, "class": "markdown-area", "spellcheck": "true", **(attrs or {})})


class ColorInput(forms.TextInput):
    """A color as #rrggbb from the browser's own picker."""

    input_type = "color"


class CodeInput(forms.TextInput):
    """A short code that came by mail: phones offer it above the keyboard."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "one-time-code", "inputmode": "text", "class": "code-input", **(attrs or {})})
