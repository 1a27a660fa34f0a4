"""Real processes without the start of Python: forked from one that has loaded the program and does nothing.

Starting Python and loading the program takes seconds of a processor, and the tests here start some
hundred processes. Each child is a process of its own with a session of its own, and dies as one; what
`duikou` does when it is started in earnest is tested in `test_commands.py`.
"""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn

LONGEST = 100_000  # bytes of a request
EVERY = 0.02  # seconds between two looks for children that have ended
NUMBER = struct.Struct("i")


class Nursery:
    """The process that children are forked from, with the environment of one installation."""

    def __init__(self, environment: Mapping[str, str], home: Path) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.kill.nursery", str(theirs.fileno())],
                env=dict(environment), cwd=home, pass_fds=[theirs.fileno()], start_new_session=True,
            )  # fmt: skip

    def start(self, words: Sequence[str], log: Path | None = None, talks: bool = False) -> Child:
        """Start `-m MODULE ARGUMENTS` or `-c CODE ARGUMENTS`; see Child for `log` and `talks`."""
        return Child(self.control, words, log, talks)

    def close(self) -> None:
        """End the nursery; its children go on."""
        self.control.close()
        self.process.wait(20)


class Child:
    """A forked process, used like subprocess.Popen.

    With a `log` all that it writes is appended there; otherwise it writes to `stdout`, and its errors are
    kept for `communicate`. Only one that `talks` has a `stdin`.
    """

    def __init__(self, control: socket.socket, words: Sequence[str], log: Path | None, talks: bool) -> None:
        self.args = list(words)
        self.returncode: int | None = None
        self.stdin: IO[str] | None = None
        self.stdout: IO[str] | None = None
        self.errors = None if log else tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        self.told, tells = socket.socketpair()
        with contextlib.ExitStack() as lent:
            lent.enter_context(tells)
            if talks:
                read, write = os.pipe()
                lent.callback(os.close, read)
                self.stdin = os.fdopen(write, "w", encoding="utf-8")
            else:
                read = os.open(os.devnull, os.O_RDONLY)
                lent.callback(os.close, read)
            if log:
                out = err = lent.enter_context(log.open("a")).fileno()
            else:
                seen, out = os.pipe()
                lent.callback(os.close, out)
                self.stdout = os.fdopen(seen, encoding="utf-8")
                assert self.errors
                err = self.errors.fileno()
            request = json.dumps(self.args).encode()
            assert len(request) < LONGEST
            socket.send_fds(control, [request], [read, out, err, tells.fileno()])
        self.pid = self._number()

    def _number(self) -> int:
        """The next number that the nursery tells: first the process's own, then how it ended."""
        told = self.told.recv(NUMBER.size, socket.MSG_WAITALL)
        assert len(told) == NUMBER.size, "the nursery has died"
        return int(NUMBER.unpack(told)[0])

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        if self.returncode is None and select.select([self.told], [], [], 0)[0]:
            self.returncode = self._number()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises TimeoutError."""
        if self.returncode is None:
            if not select.select([self.told], [], [], timeout)[0]:
                raise TimeoutError(f"{self.args} did not end within {timeout} s")
            self.returncode = self._number()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Close its input and wait for its end: what it still wrote, and its errors. Kills it in the end."""
        assert self.stdout
        assert self.errors
        if self.stdin:
            self.stdin.close()
        late = threading.Timer(timeout, self.send_signal, (signal.SIGKILL,))
        late.start()
        try:
            out = self.stdout.read()
            self.wait()
        finally:
            late.cancel()
        self.errors.seek(0)
        return out, self.errors.read()


def grow(words: list[str], files: list[int]) -> NoReturn:
    """In the child: take its files and be the process that was asked for."""
    code = 1
    try:
        os.setsid()
        for place, file in enumerate(files):
            os.dup2(file, place)
        os.closerange(3, max(files) + 1)
        option, what, *arguments = words
        sys.argv = [option, *arguments]
        if option == "-m":
            runpy.run_module(what, run_name="__main__", alter_sys=True)
        else:
            exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})
            code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(BaseException):
            leave()
        os._exit(code or 0)


def leave() -> None:
    """What Python does at its end: the threads, then what was registered, then the buffers."""
    import atexit

    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()


def keep(control: socket.socket) -> None:
    """Fork a child for each request until nobody asks any more; tell of each child's end."""
    children: dict[int, int] = {}
    while True:
        if select.select([control], [], [], EVERY)[0]:
            request, files, _flags, _from = socket.recv_fds(control, LONGEST, 4)
            if not request:
                return
            pid = os.fork()
            if pid == 0:
                control.close()
                grow(json.loads(request), files[:3])
            children[pid] = files.pop()
            os.write(children[pid], NUMBER.pack(pid))
            for file in files:
                os.close(file)
        while children:
            ended, status = os.waitpid(-1, os.WNOHANG)
            if not ended:
                break
            with contextlib.suppress(OSError):  # nobody waits for it any more
                os.write(children[ended], NUMBER.pack(os.waitstatus_to_exitcode(status)))
            os.close(children.pop(ended))


if __name__ == "__main__":
    import django

    django.setup()
    from django.urls import get_resolver

    import duikou.cli.main  # noqa: F401

    assert get_resolver().url_patterns  # loads the pages and the API
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    keep(socket.socket(fileno=int(sys.argv[1])))
