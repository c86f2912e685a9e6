"""The dictionaries come from the package that we know, or not at all."""

import os

import pytest

from corptool import dictionaries
from corptool.commands.convert import _check, convert
from corptool.pipeline import Pipeline
from tests.conftest import ROOT, corptool


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A folder in place of the installed package, and no cache."""

    class Distribution:
        def locate_file(self, name):
            return tmp_path / name

    monkeypatch.setattr("importlib.metadata.distribution", lambda _: Distribution())
    monkeypatch.setenv("CORPTOOL_CACHE", str(tmp_path / "cache"))
    _check.cache_clear()
    folder = tmp_path / "opencc" / "dictionary"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("altered", [False, True], ids=["missing", "altered"])
def test_a_package_that_is_not_the_one_says_how_to_mend_it(altered, package):
    if altered:
        (package / "TSPhrases.txt").write_text("一\t二\n", encoding="utf-8")
    what = "is not the one that was published" if altered else "is not installed"
    with pytest.raises(ValueError, match=f"TSPhrases of opencc-python-reimplemented {what}: pip install --force"):
        dictionaries.dictionary.__wrapped__("TSPhrases")


def test_a_warm_cache_hides_nothing(package):
    cache = package.parents[1] / "cache"
    cache.mkdir()
    tables = dictionaries.CURRENT
    name = (
        f"{tables}-t2s-{dictionaries.__version__}-{dictionaries.FORMAT}-{dictionaries.rules.opencc_hash(tables)}.json"
    )
    (cache / name).touch()
    with pytest.raises(ValueError, match="is not installed"):
        dictionaries.check()


@pytest.mark.parametrize(
    "run", [lambda: convert({"text": "网"}, to="tw"), lambda: Pipeline("convert --to tw")], ids=["stage", "pipeline"]
)
def test_in_the_library_it_is_a_value_error(run, package):
    with pytest.raises(ValueError, match="is not installed: pip install"):
        run()


def test_the_command_says_it_once(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "from importlib import metadata\n"
        "known = metadata.distribution\n"
        "def distribution(name):\n"
        "    if name == 'opencc-python-reimplemented':\n"
        "        raise metadata.PackageNotFoundError(name)\n"
        "    return known(name)\n"
        "metadata.distribution = distribution\n",
        encoding="utf-8",
    )
    lines = b'{"text": "\xe7\xb6\xb2"}\n' * 3
    path = f"{tmp_path}{os.pathsep}{ROOT / 'src'}"
    done = corptool("convert", given=lines, PYTHONPATH=path, CORPTOOL_CACHE=str(tmp_path / "cache"))
    assert (done.code, done.out) == (1, b"")
    assert "pip install --force-reinstall --no-deps opencc-python-reimplemented==0.1.7" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_configuration_that_a_table_set_lacks():
    with pytest.raises(ValueError, match="has no configuration t2jp; it has hk2s, "):
        dictionaries.chain("t2jp", dictionaries.PACKAGED)
