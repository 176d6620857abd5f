"""A mail server that takes everything, in a process of its own, so that its work is nobody's time.

python -m tests.bench.sink PORT
"""

import sys
import threading

from aiosmtpd.controller import Controller


class Sink:
    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        return "250 kept"


if __name__ == "__main__":
    Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
    threading.Event().wait()
