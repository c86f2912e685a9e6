"""Where a pipeline's output goes: standard output, a file that appears whole or not at all, or files in a folder."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import IO, Any

import click

from corptool import formats
from corptool.article import Line, Parcel
from corptool.compression import COMPRESSED, compressed
from corptool.files import bare, below, is_remote, names_folder, suffix
from corptool.formats import FOLDER, File

Output = Parcel | bytes | File


def say(message: str) -> None:
    """Print on standard error; that nobody reads it must not change what is done."""
    with contextlib.suppress(OSError):
        click.echo(erased() + message, err=True)


@contextlib.contextmanager
def captured() -> Iterator[Callable[[], str]]:
    """Keep what is printed on standard error, so that it can be printed in its turn, or again."""
    kept = io.BytesIO()
    stream = io.TextIOWrapper(kept, "utf-8", "backslashreplace")

    def said() -> str:
        stream.flush()
        return kept.getvalue().decode()

    try:
        with contextlib.redirect_stderr(stream):
            yield said
    except BaseException:
        if told := said().removesuffix("\n"):
            say(told)
        raise


def erased() -> str:
    """What clears the line of a terminal on which this or another command of the pipe may have drawn its progress."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return ""
    return "" if os.name == "nt" and "WT_SESSION" not in os.environ else "\x1b[K"


def check_one_file(output: str, stage: str, *, lines: bool) -> None:
    """Raise an error if the one file that a stage writes, JSON Lines or another, is not what such a name promises."""
    if names_folder(output) or "*" in os.path.basename(output):
        raise click.UsageError(f"-o {output}: `{stage}` writes one file; `run --work DIR` writes one a shard")
    name = formats.of_suffix(suffix(bare(output))) if lines else None
    if name in (None, "json"):  # what reads JSON reads JSON Lines, too
        return
    module = formats.load(str(name))
    if hasattr(module, "write") and not getattr(module, "FOLDER", False):
        raise click.UsageError(f"-o {output}: `{stage}` writes JSON Lines; put `| export --format {name}` behind it")


def check_apart(output: str, files: Iterable[str]) -> None:
    """Raise an error if the output lies in a folder that is read: the next time it would be read, too."""
    inside = os.path.join(os.path.realpath(output), "")
    for name in () if output == "-" or is_remote(output) else files:
        if not is_remote(name) and os.path.isdir(name) and inside.startswith(os.path.join(os.path.realpath(name), "")):
            raise click.UsageError(
                f"-o {output} lies in {name}, which is read: the next time it would be read, too; write it elsewhere,"
                " or name the files to read"
            )


@contextlib.contextmanager
def writer(output: str | None) -> Iterator[Callable[[list[Output]], None]]:
    """A function that writes outputs: to standard output, to a file, or to files in a folder."""
    with contextlib.ExitStack() as stack:
        streams: list[IO[bytes]] = []
        packed = suffix(output or "") in COMPRESSED  # which flushing would spoil
        folder = output if output and names_folder(output) else None

        def stream() -> IO[bytes]:
            if not streams:
                streams.append(stack.enter_context(written(output)))
            return streams[0]

        def write(outputs: list[Output]) -> None:
            nonlocal folder
            pieces: list[Line] = []
            for item in outputs:
                if isinstance(item, Parcel):
                    pieces += item.view, b"\n"
                elif isinstance(item, bytes):
                    pieces.append(item)
                elif item == FOLDER:
                    if output is None:
                        raise click.UsageError("this format writes one file an article: name a folder for them with -o")
                    folder = made(output)
                elif folder is None:
                    stream().writelines(chain(pieces, _pieces(item)))
                    pieces.clear()
                else:
                    _write_file(folder, item)
            if pieces:
                stream().write(b"".join(pieces))
            if streams and not packed:
                streams[0].flush()

        yield write
        if folder is None:
            stream()  # no article is an empty file, not a missing one


def made(folder: str) -> str:
    """A folder that is there; what is in it already is told."""
    if is_remote(folder):
        return folder
    os.makedirs(folder, exist_ok=True)
    if others := sum(1 for _ in os.scandir(folder)):
        say(f"{folder}: {others} files were there before; those of other names stay")
    return folder


def _write_file(folder: str, file: File) -> None:
    if file.name.startswith(("/", "\\")) or {"..", ""} & {*file.name.replace("\\", "/").split("/")}:
        raise click.ClickException(f"will not write outside {folder}: {file.name}")
    with written(below(folder, file.name)) as stream:
        stream.writelines(_pieces(file))


def _pieces(file: File) -> Iterable[bytes]:
    return [file.data] if isinstance(file.data, bytes) else file.data


@contextlib.contextmanager
def written(path: str | None) -> Iterator[IO[bytes]]:
    """A file that appears whole or not at all, compressed where its name says so."""
    with _as_it_lies(path) as stream, compressed(stream, suffix(path or "")) as packed:
        yield packed


@contextlib.contextmanager
def _as_it_lies(path: str | None) -> Iterator[IO[bytes]]:
    """The file is written beside its place and renamed. Devices are written directly."""
    if path is None or path == "-":
        stdout: Any = sys.stdout.buffer
        if isinstance(stdout, io.RawIOBase):  # PYTHONUNBUFFERED: and a raw write that Ctrl-Z interrupts writes a part
            stdout = open(sys.stdout.fileno(), "wb", closefd=False)  # noqa: SIM115 - it is flushed below
        yield stdout
        with contextlib.suppress(BrokenPipeError):
            stdout.flush()
        return
    if path.startswith("file://"):
        from urllib.request import url2pathname

        path = url2pathname(path.removeprefix("file://"))
    if is_remote(path):
        from corptool import remote

        _end_in_order()
        with remote.written(path) as stream:
            yield stream
        return
    if not _is_regular(path):
        with open(path, "wb") as stream:
            yield stream
        return
    path = os.path.realpath(path)  # what a link leads to is written, and the link stays
    _end_in_order()
    folder, name = os.path.split(path)
    os.makedirs(folder or ".", exist_ok=True)
    # process ids repeat on other machines
    beside = os.path.join(folder, f".{name[:60]}.{os.urandom(4).hex()}.part")
    try:
        stream = open(beside, "wb")  # noqa: SIM115 - the error of opening is told with the name that was typed
    except OSError as error:
        error.filename = path
        raise
    try:
        with stream:
            yield stream
        os.replace(beside, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)


def _end_in_order() -> None:
    """Let SIGTERM unwind as Ctrl-C does, so that unfinished files are removed."""
    import signal

    with contextlib.suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _is_regular(path: str) -> bool:
    if path.startswith(("/dev/", "/proc/")):  # /dev/stdout may lead to a regular file
        return False
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return True
