"""Runs a script of the runtime `python`: a function of (input, context), plain or async.

The protocol is that of frames.cjs (docs/adr/0007). What the script and its children print goes through pipes of this
process's own; a thread turns it into frames, so nothing that is printed can be taken for one.
"""

import json
import os
import select
import struct
import sys
import threading

INPUT, OUTPUT = 3, 4
RUN, FILE, BYTES, GO, PING = 0x01, 0x02, 0x03, 0x04, 0x05
READY, PONG, STDOUT, STDERR, LOG = 0x81, 0x82, 0x83, 0x84, 0x85
ARTIFACT, ARTIFACT_BYTES, ARTIFACT_END, ARTIFACT_DROP = 0x86, 0x87, 0x88, 0x89
RESULT, ERROR, VARIABLE = 0x8A, 0x8B, 0x8C
HOME = "/tmp/run"
FILES = HOME + "/files"
SCRIPT = HOME + "/script.py"
PIECE = 64 * 1024

_sending = threading.Lock()


def send(kind, payload=b""):
    frame = memoryview(struct.pack(">BI", kind, len(payload)) + payload)
    with _sending:
        while frame:
            frame = frame[os.write(OUTPUT, frame) :]


def send_json(kind, value):
    send(kind, json.dumps(value).encode())


def send_error(kind, name, message, stack=None):
    error = {"kind": kind, "name": name[:200], "message": message[:8192]}
    if stack:
        error["stack"] = stack[:16384]
    send_json(ERROR, error)


def read_exactly(length):
    pieces = []
    while length > 0:
        piece = os.read(INPUT, min(length, 1 << 20))
        if not piece:
            os._exit(70)
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def read_frame():
    kind, length = struct.unpack(">BI", read_exactly(5))
    return kind, read_exactly(length)


def receive_file(name, size):
    fd = os.open(FILES + "/" + name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with open(fd, "wb") as file:
        while size > 0:
            kind, payload = read_frame()
            if kind != BYTES or len(payload) > size:
                os._exit(71)
            file.write(payload)
            size -= len(payload)


def receive_run():
    """Waits for the script: answers pings, takes the run and its files, and returns at `go`."""
    try:
        os.unlink("/tmp/.input")
    except OSError:
        pass
    send_json(READY, {"protocol": 1})
    run = None
    while True:
        kind, payload = read_frame()
        if kind == PING:
            send(PONG, payload)
        elif kind == RUN:
            run = json.loads(payload)
            os.makedirs(FILES, mode=0o700)
        elif kind == FILE:
            receive_file(**json.loads(payload))
        elif kind == GO:
            break
        else:
            os._exit(71)
    os.chmod(FILES, 0o500)
    os.close(INPUT)
    return run


class Pump:
    """Turns what arrives at descriptors 1 and 2 into frames."""

    def __init__(self):
        self.sources = {}
        for target, kind in ((1, STDOUT), (2, STDERR)):
            read_end, write_end = os.pipe()
            os.dup2(write_end, target)
            os.close(write_end)
            os.set_blocking(read_end, False)
            self.sources[read_end] = kind
        self.wake, self.waker = os.pipe()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        open_ends = [*self.sources, self.wake]
        while self.wake in open_ends:
            ready, _, _ = select.select(open_ends, [], [])
            for source in ready:
                if source == self.wake or not self.forward(source):
                    open_ends.remove(source)
        for source in self.sources:
            while self.forward(source):
                pass

    def forward(self, source):
        try:
            piece = os.read(source, PIECE)
        except BlockingIOError:
            return False
        if piece:
            send(self.sources[source], piece)
        return bool(piece)

    def finish(self):
        """All that was printed until now is sent when this returns; children that still print are not waited for."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass
        os.write(self.waker, b".")
        self.thread.join(5)


class Log:
    def __init__(self):
        for level in ("debug", "info", "warn", "error"):
            setattr(self, level, self._sayer(level))
        self.warning = self.warn

    @staticmethod
    def _sayer(level):
        def say(*words):
            send(LOG, json.dumps([level, spoken(words)[:8192]]).encode())

        return say


def spoken(words):
    """As the logging module of Python has it where the first word is a format; else one after the other."""
    if len(words) > 1 and isinstance(words[0], str) and "%" in words[0]:
        try:
            return words[0] % words[1:]
        except (TypeError, ValueError, KeyError):
            pass
    return " ".join(str(word) for word in words)


class Context:
    """What a script knows about its run."""

    def __init__(self, run):
        self.run_id = run["runId"]
        self.attempt = run["attempt"]
        self.script_slug = run["scriptSlug"]
        self.version_number = run["versionNumber"]
        self.settings = run["settings"]
        self.files = {name: FILES + "/" + name for name in run["files"]}
        self.log = Log()
        self.secrets = dict(run["secrets"])
        self._declared = run["variables"]
        self._artifacts = 0

    def set_variable(self, name, value):
        """Sets a variable that the run can be found by: text, a number, a truth, or JSON."""
        if isinstance(value, bool):
            kind = "boolean"
        elif isinstance(value, (int, float)):
            kind = "number"
        else:
            kind = "string" if isinstance(value, str) else "json"
        wanted = kind if self._declared is None else self._declared.get(name)
        if wanted is None:
            raise TypeError("set_variable: the version declares no variable %s" % name)
        if wanted != "json" and wanted != kind:
            raise TypeError("set_variable: %s is declared as %s and cannot be a %s" % (name, wanted, kind))
        send(VARIABLE, json.dumps([str(name), value], allow_nan=False).encode())

    def write_artifact(self, name, data):
        """Stores text, bytes, a binary file, or an iterable of bytes or text."""
        if isinstance(data, (str, bytes, bytearray, memoryview)):
            pieces = [data]
        elif hasattr(data, "read"):
            pieces = iter(lambda: data.read(PIECE), type(data.read(0))())
        elif hasattr(data, "__iter__"):
            pieces = data
        else:
            raise TypeError("write_artifact(name, data) takes text, bytes, a file or an iterable of them")
        self._artifacts += 1
        number = struct.pack(">I", self._artifacts)
        send_json(ARTIFACT, [self._artifacts, str(name)])
        try:
            for piece in pieces:
                view = memoryview(piece.encode() if isinstance(piece, str) else piece).cast("B")
                for offset in range(0, len(view), PIECE):
                    send(ARTIFACT_BYTES, number + view[offset : offset + PIECE])
        except BaseException:
            send(ARTIFACT_DROP, number)
            raise
        send(ARTIFACT_END, number)


class Failure(Exception):
    def __init__(self, kind, name, message, stack=None):
        super().__init__(message)
        self.report = (kind, name, message, stack)


def explain(error):
    import traceback

    own = error.__traceback__
    while own is not None and own.tb_frame.f_code.co_filename == __file__:
        own = own.tb_next
    return "".join(traceback.format_exception(type(error), error, own))


def load(source):
    import linecache
    import types

    linecache.cache[SCRIPT] = (len(source), None, source.splitlines(True), SCRIPT)
    try:
        code = compile(source, SCRIPT, "exec")
    except (SyntaxError, ValueError) as error:
        raise Failure("source-invalid", type(error).__name__, str(error), explain(error)) from None
    module = types.ModuleType("script")
    module.__file__ = SCRIPT
    sys.modules["script"] = module
    exec(code, module.__dict__)
    return module


def call(run):
    module = load(run["source"])
    function = getattr(module, run["entrypoint"], None)
    if not callable(function):
        message = 'The script defines no function "%s".' % run["entrypoint"]
        raise Failure("entrypoint-missing", "EntrypointMissing", message)
    value = function(run["input"], Context(run))
    if hasattr(value, "__await__"):
        import asyncio

        value = asyncio.run(value)
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()
    except RecursionError:
        raise Failure("result-invalid", "ResultInvalid", "The result is nested deeper than 400 levels.") from None
    except (TypeError, ValueError) as error:
        raise Failure("result-invalid", type(error).__name__, str(error)) from None


def judge(run):
    """The last frame of a run and the exit code. A script that exits by itself sends no frame: its code says it all."""
    try:
        result = call(run)
    except Failure as failure:
        report = failure.report
        return 1, lambda: send_error(*report)
    except SystemExit as request:
        code = request.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
        return (code & 0xFF) if isinstance(code, int) else (0 if code is None else 1), lambda: None
    except BaseException as error:
        report = ("script-error", type(error).__name__, str(error), explain(error))
        return 1, lambda: send_error(*report)
    if len(result) > run["outputBytes"]:
        message = "The result has %d bytes as JSON; at most %d are allowed." % (len(result), run["outputBytes"])
        return 1, lambda: send_error("output-limit", "ResultTooLong", message)
    return 0, lambda: send(RESULT, result)


def warm_up():
    """A container that is started ahead has the time to load what a script will need."""
    import asyncio, linecache, traceback, types  # noqa: F401


def main():
    if sys.argv[1:] == ["warm"]:
        warm_up()
    for fd in (INPUT, OUTPUT):
        os.set_inheritable(fd, False)
    run = receive_run()
    pump = Pump()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)
    code, last = judge(run)
    pump.finish()
    last()
    os._exit(code)


main()
