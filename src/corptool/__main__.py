"""The `corptool` command; `python -m corptool` is the same."""

import os
import sys


def main() -> None:
    """Answer `--version` at once; leave the rest to click."""
    if sys.argv[1:] == ["--version"]:
        from corptool import __version__

        sys.stdout.write(f"corptool {__version__}\n")
        return
    # NumPy's import starts threads for multiplying matrices, which nothing here does: they took a third of its time
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import gc

    gc.disable()  # while modules are loaded: nothing of them is garbage, and looking costs a twentieth of the start
    from corptool.cli import main as cli

    gc.enable()
    gc.set_threshold(20_000)  # hardly anything here refers to itself, and to look every 700 objects costs a fortieth
    cli()


if __name__ == "__main__":
    main()
