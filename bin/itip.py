"""What libical finds wrong with calendar files; run by `bin/itip` under the system's Python, which has PyGObject."""

import sys
from pathlib import Path

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402


def problems(text: str) -> list[str]:
    """Lines that libical could not read, and what RFC 5546 asks of the method and is not there."""
    component = ICalGLib.Component.new_from_string(text)
    if component is None or component.isa() != ICalGLib.ComponentKind.VCALENDAR_COMPONENT:
        return ["not a calendar"]
    is_allowed = component.check_restrictions()
    found = _errors(component)
    return found or ([] if is_allowed else ["not allowed by RFC 5546"])


def _errors(component: "ICalGLib.Component") -> list[str]:
    found = []
    error = component.get_first_property(ICalGLib.PropertyKind.XLICERROR_PROPERTY)
    while error is not None:
        found.append(error.get_value_as_string())
        error = component.get_next_property(ICalGLib.PropertyKind.XLICERROR_PROPERTY)
    inner = component.get_first_component(ICalGLib.ComponentKind.ANY_COMPONENT)
    while inner is not None:
        found += _errors(inner)
        inner = component.get_next_component(ICalGLib.ComponentKind.ANY_COMPONENT)
    return found


def main(paths: list[str]) -> int:
    wrong = False
    for path in paths:
        for problem in problems(Path(path).read_bytes().decode()):
            wrong = True
            print(f"{path}: {problem}")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
