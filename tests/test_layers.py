"""Imports point one way, and what is heavy is imported where it is needed."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "corptool"
HEAVY = {
    *("numpy", "chardet", "tabulate", "selectolax", "lxml", "zstandard", "opencc", "multiprocessing", "concurrent"),
    *("pyarrow", "fsspec", "ray"),
}
MAY_IMPORT = {  # layer: the parts of corptool it may import, and outsiders that it may not
    "text": ({"corptool.text"}, {"click", "os", "sys", "json", "pathlib"}),
    "plugins": (set(), {"sys", "json"}),
    "rules": ({"corptool", "corptool.plugins", "corptool.text"}, {"click"}),
    "dictionaries": ({"corptool", "corptool.rules", "corptool.text"}, {"click"}),
    "arrow": ({"corptool", *(f"corptool.{part}" for part in ("article", "extras", "formats"))}, {"click", "os", "sys"}),
    "article": (set(), {"click", "os", "sys", "pathlib"}),
    "edits": ({"corptool", "corptool.article", "corptool.text"}, {"click", "os", "sys", "pathlib"}),
    "options": (set(), {"os", "sys", "pathlib", "json"}),
    "extras": (set(), {"click", "os", "sys", "pathlib"}),
    "remote": ({"corptool", "corptool.extras"}, {"click", "sys", "pathlib"}),
    "compression": (set(), {"click", "os", "sys", "pathlib", "json"}),
    "files": ({"corptool", "corptool.compression", "corptool.remote"}, {"click"}),
    "formats": (
        {"corptool", *(f"corptool.{part}" for part in ("article", "extras", "formats", "plugins", "rules", "text"))},
        {"click"},
    ),
    "records": (
        {"corptool", *(f"corptool.{part}" for part in ("article", "formats", "keys", "metatable"))},
        {"click"},
    ),
    "batches": (
        {"corptool", *(f"corptool.{part}" for part in ("article", "files", "formats", "records"))},
        {"click"},
    ),
    "reading": (
        {
            "corptool",
            *(f"corptool.{part}" for part in ("article", "batches", "compression", "files", "formats", "records")),
        },
        {"click"},
    ),
    "keys": (set(), {"click", "os", "sys", "json", "pathlib"}),
    "tasks": (set(), {"click", "os", "sys", "json", "pathlib"}),
    "metatable": ({"corptool", "corptool.article", "corptool.files", "corptool.formats"}, {"click"}),
    "declaration": ({"corptool", *(f"corptool.{part}" for part in ("edits", "options", "plugins"))}, {"os", "sys"}),
    "step": (
        {
            "corptool",
            *(
                f"corptool.{part}"
                for part in ("article", "batches", "declaration", "edits", "formats", "options", "reading", "tasks")
            ),
        },
        {"os", "sys"},
    ),
    "stage": ({"corptool.declaration", "corptool.step"}, {"os", "sys"}),
    "catalogue": ({"corptool", *(f"corptool.{part}" for part in ("commands", "edits", "plugins", "stage"))}, {"sys"}),
    "duplicates": (
        {"corptool", *(f"corptool.{part}" for part in ("duplicates", "files", "remote", "tasks", "text"))},
        {"click"},
    ),
    "outputs": (
        {"corptool", *(f"corptool.{part}" for part in ("article", "compression", "files", "formats", "remote"))},
        set(),
    ),
    "pipeline": (
        {"corptool", *(f"corptool.{part}" for part in ("arrow", "article", "catalogue", "options", "stage", "step"))},
        {"os", "sys"},
    ),
    "commands": (
        {"corptool"}
        | {
            f"corptool.{part}"
            for part in (
                "article",
                "batches",
                "catalogue",
                "dictionaries",
                "duplicates",
                "edits",
                "files",
                "formats",
                "keys",
                "metatable",
                "options",
                "plugins",
                "reading",
                "records",
                "rules",
                "stage",
                "step",
                "tasks",
                "text",
            )
        },
        set(),
    ),
    "engine": (
        {
            "corptool",
            *(
                f"corptool.{part}"
                for part in (
                    *(
                        "article",
                        "batches",
                        "catalogue",
                        "compression",
                        "edits",
                        "engine",
                        "extras",
                        "files",
                        "formats",
                    ),
                    *("outputs", "pipeline", "plugins", "reading", "remote", "step", "tasks"),
                )
            ),
        },
        set(),
    ),
    "flow": (
        {
            "corptool",
            *(
                f"corptool.{part}"
                for part in ("article", "batches", "engine", "metatable", "outputs", "pipeline", "progress", "step")
            ),
        },
        set(),
    ),
    "progress": ({f"corptool.{part}" for part in ("article", "batches", "engine", "files", "outputs")}, {"click"}),
    "jobs": ({f"corptool.{part}" for part in ("engine", "flow", "outputs", "step", "tasks")}, set()),
}
FILES = sorted(SOURCE.rglob("*.py"))


def imports(nodes):
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            if node.module == "corptool":
                yield from (f"corptool.{alias.name}" for alias in node.names)


def submodule(name):
    return (
        name == "corptool" or (SOURCE / (name.split(".")[1] + ".py")).exists() or (SOURCE / name.split(".")[1]).is_dir()
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_point_one_way(path):
    layer = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    if layer not in MAY_IMPORT:
        assert layer in ("__init__", "__main__", "cli")
        return
    inside, banned = MAY_IMPORT[layer]
    for name in imports(ast.walk(ast.parse(path.read_text("utf-8")))):
        assert name.split(".")[0] not in banned, f"{layer} may not import {name}"
        if name.split(".")[0] == "corptool" and submodule(name):
            parts = name.split(".")
            assert any(".".join(parts[:n]) in inside - {"corptool"} for n in (2, 3)) or (
                name == "corptool" and "corptool" in inside
            ), f"{layer} may not import {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_nobody_imports_opencc(path):
    """Two packages own that name; which of them it is depends on the order in which they were installed."""
    names = {name.split(".")[0] for name in imports(ast.walk(ast.parse(path.read_text("utf-8"))))}
    assert "opencc" not in names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_heavy_packages_are_imported_inside_functions(path):
    at_top = {name.split(".")[0] for name in imports(ast.parse(path.read_text("utf-8")).body)}
    assert not at_top & HEAVY


def test_commands_do_not_import_each_other():
    for path in (SOURCE / "commands").glob("*.py"):
        assert not [
            name for name in imports(ast.walk(ast.parse(path.read_text("utf-8")))) if ".commands." in f"{name}."
        ]


def test_the_tour_names_everything():
    """docs/architecture.md lists what lies in src/corptool, in that order."""
    _, tree, *_ = (SOURCE.parents[1] / "docs" / "architecture.md").read_text("utf-8").split("```")
    named = [line.split()[0].rstrip("/") for line in tree.strip().splitlines() if not line.startswith(" ")]
    there = {path.name for path in SOURCE.iterdir()} - {"__pycache__", "py.typed"}
    assert named == sorted(there)
