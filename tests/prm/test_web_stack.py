"""Room for the frames of a request: nothing changes but where they are kept."""

import sys

import pytest

from prm.web.stack import with_room


def test_a_function_is_called_as_it_is() -> None:
    assert with_room(divmod)(7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        with_room(divmod)(1, 0)


def test_the_frame_above_a_request_is_larger_than_a_chunk() -> None:
    """16 KB, in slots of 8 bytes: a chunk of its own is made for it, and twice as large."""
    above = with_room(lambda: sys._getframe(1).f_code)()
    assert above.co_nlocals * 8 > 16 * 1024
