"""The fast engine gives what the chain gives, and the chain what OpenCC and the installed package give."""

import importlib.util
import random
from importlib.metadata import distribution
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corptool import dictionaries, rules
from corptool.text.script import engine as engine_module
from corptool.text.script.chain import Chain
from corptool.text.script.compiling import Compiled, compiled
from corptool.text.script.engine import Engine

CASES = Path(__file__).parents[2] / "cases" / "opencc.tsv"
LINES = [line.split("\t") for line in CASES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
CONFIGS = [(config, tables) for tables in dictionaries.TABLES for config in rules.opencc()["configs"][tables]]
SPECIAL = "⿰⿱⿲⿳⿾⿻郎福\u2f00\U0002f81a\U0001f600\ud800埠，。 \n-abc"


def fragments(config, tables):
    """Keys and values of the configuration's phrases, whole and in pieces."""
    stages = dictionaries.chain(config, tables).stages
    words = [entry for stage in stages for dictionary in stage for entry in dictionary.values().items()]
    return [word for entry in random.Random(config).sample(words, min(len(words), 400)) for word in entry]


@pytest.mark.parametrize(("config", "text", "expected"), LINES)
def test_opencc_s_expectations(config, text, expected):
    assert dictionaries.engine(config).convert(text) == expected


@pytest.mark.parametrize("arrays", [False, True], ids=["one by one", "arrays"])
@pytest.mark.parametrize(("config", "tables"), CONFIGS)
def test_the_engine_does_what_the_chain_does(config, tables, arrays, monkeypatch):
    monkeypatch.setattr(engine_module, "LONG", 0 if arrays else 10**9)
    monkeypatch.setattr(engine_module, "PATIENCE", -1)
    chain, engine = dictionaries.chain(config, tables), dictionaries.engine(config, tables)
    words = st.sampled_from(fragments(config, tables))
    pieces = st.one_of(
        words, words.map(lambda word: word[1:]), words.map(lambda word: word[:-1]), st.sampled_from(SPECIAL)
    )

    @settings(max_examples=60, deadline=None)
    @given(st.lists(pieces, max_size=12).map("".join))
    def same(text):
        assert engine.convert(text) == chain.convert(text)

    same()


@pytest.mark.parametrize("config", [config for config, tables in CONFIGS if tables == dictionaries.PACKAGED])
def test_the_packaged_tables_give_what_the_package_gives(config):
    spec = importlib.util.spec_from_file_location(
        "packaged", distribution(dictionaries.PACKAGE).locate_file("opencc/opencc.py")
    )
    packaged = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(packaged)
    theirs, ours = packaged.OpenCC(config), dictionaries.engine(config, dictionaries.PACKAGED)
    for text in [
        "".join(sentence) for sentence in zip(*[iter(fragments(config, dictionaries.PACKAGED))] * 7, strict=False)
    ]:
        assert ours.convert(text) == theirs.convert(text)


def test_what_was_converted_before_makes_no_difference(monkeypatch):
    monkeypatch.setattr(engine_module, "MEMORY", 2)
    engine = dictionaries.engine("s2twp")
    texts = [text for config, text, _ in LINES if config == "s2twp"]
    assert [engine.convert(text) for text in texts] == [engine.convert(text) for text in reversed(texts)][::-1]


class TestTheCache:
    @pytest.fixture(autouse=True)
    def _here(self, tmp_path, monkeypatch):
        monkeypatch.setenv("CORPTOOL_CACHE", str(tmp_path / "new"))
        self.folder = tmp_path / "new"

    def test_it_is_used(self, monkeypatch):
        dictionaries.engine.__wrapped__("t2s")
        monkeypatch.setattr(dictionaries, "chain", None)
        assert dictionaries.engine.__wrapped__("t2s").convert("網") == "网"
        assert len(list(self.folder.iterdir())) == 1

    @pytest.mark.parametrize("damage", [b"", b"{}", b"x\n{}"])
    def test_a_broken_file_is_made_anew(self, damage):
        dictionaries.engine.__wrapped__("t2s")
        (path,) = self.folder.iterdir()
        whole = path.read_bytes()
        path.write_bytes(damage or whole[:-1])
        assert dictionaries.engine.__wrapped__("t2s").convert("網") == "网"
        assert path.read_bytes() == whole

    def test_no_folder_no_cache(self, tmp_path):
        (tmp_path / "new").write_text("a file", encoding="utf-8")
        assert dictionaries.engine.__wrapped__("t2s").convert("網") == "网"


def test_a_chain_survives_packing():
    chain = dictionaries.chain("s2twp")
    packed = chain.packed()
    assert Chain.unpacked(packed).packed() == packed
    made = Engine(Chain.unpacked(packed), Compiled(**compiled(chain)._asdict()))
    assert made.convert("里面的软件") == "裡面的軟體"
