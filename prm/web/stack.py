"""Room for Python's stack, so that a request does not cost twice as much for being called at an unlucky depth.

CPython (3.11 and later) keeps the frames of Python functions in chunks of 16 KB, and gives a chunk back as soon as the
last frame in it returns. Where a busy loop of the template engine happens to stand at the end of a chunk, each call in
it asks the operating system for memory and returns it: the same page took 8.5 or 19 ms of processor time, depending on
nothing but how many functions had been called above it. A chunk is made as large as the frame that needs it, twice
over; so everything is called out of one function whose frame is large.
"""

from collections.abc import Callable

# Of 8 bytes each: a frame of 128 KB, in a chunk of 256 KB. Pages use some 40 KB below it.
_SLOTS = 16_000
_SOURCE = "def call(function, arguments):\n if False:\n  {} = None\n return function(*arguments)"


def with_room[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """The same function, called with room for the frames of everything that it calls. For positional arguments."""
    names: dict[str, Callable[..., R]] = {}
    exec(_SOURCE.format(" = ".join(f"_{number}" for number in range(_SLOTS))), names)  # nosec B102
    call = names["call"]

    def roomy(*args: P.args, **kwargs: P.kwargs) -> R:
        return call(function, args)

    return roomy
