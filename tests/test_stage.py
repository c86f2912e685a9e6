"""The abstraction: one declaration, many ways to run it."""

import logging
import pickle
import shutil
import subprocess
import sys

import click
import pytest

import corptool
from corptool import Dropped, Pipeline
from corptool.pipeline import split
from corptool.stage import block_stage
from corptool.step import Step
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fix", [["fix"]]),
        ("read a b|fix", [["read", "a", "b"], ["fix"]]),
        ("read 'a|b' | fix", [["read", "a|b"], ["fix"]]),
        ('read "it\'s" | fix', [["read", "it's"], ["fix"]]),
        ("read C#notes.txt # all of it | dedup\n| fix", [["read", "C#notes.txt"], ["fix"]]),
        (r"read C:\pages\*.txt", [["read", r"C:\pages\*.txt"]]),
        ("clean --keep ''", [["clean", "--keep", ""]]),
        ("read 網頁/第一.txt\n  |\tfix", [["read", "網頁/第一.txt"], ["fix"]]),
    ],
)
def test_pipeline_text_is_read_as_a_shell_would(text, words):
    assert split(text) == words


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a step of the pipeline is empty"),
        ("fix |", "a step of the pipeline is empty"),
        ("fix | 'clean", "a quote is not closed"),
        ("fixx", "there is no stage `fixx`: did you mean `fix`?"),
        ("fix | read a.txt", "`read` must come first"),
        ("fix | clean a.txt", "the files of `clean` must come first"),
        ("export | fix", "nothing can follow `export`"),
        ("fix -o out.jsonl | clean", "nothing can follow `fix`"),
        ("fix --nonsense", "No such option"),
        ("dedup --keep worst", "worst"),
    ],
)
def test_pipeline_errors(text, message):
    with pytest.raises(click.ClickException) as caught:
        Pipeline(text)
    assert message in caught.value.format_message()


def test_a_pipeline_pickles_as_its_text():
    pipeline = pickle.loads(pickle.dumps(Pipeline("fix | convert --to s")))
    assert [article["text"] for article in pipeline([{"text": "網\r\n站"}])] == ["网\n站"]


def test_stages_are_functions():
    assert corptool.fix({"text": "a\r\nb"})["text"] == "a\nb"
    assert corptool.convert({"text": "網站"}, to="s")["text"] == "网站"
    kept = list(corptool.dedup([{"id": "a", "text": "same text"}, {"id": "b", "text": "same text"}]))
    assert [article["id"] for article in kept] == ["a"]


def test_what_is_lost_goes_to_on_drop_or_to_the_log(caplog):
    articles = [{"id": "a", "text": "same text"}, {"id": "b", "text": "same text"}]
    lost = []
    assert len(list(Pipeline("dedup", lambda *args: lost.append(args))(articles))) == 1
    assert lost == [("dedup", Dropped(articles[1], "exact copy of a", into="a"))]
    with caplog.at_level(logging.WARNING, "corptool"):
        list(Pipeline("dedup")(articles))
    assert caplog.messages == ["dedup merged: exact copy of a"]


def test_a_failing_article_does_not_stop_the_others():
    lost = []
    articles = [{"id": "a", "text": "x"}, {"id": "b", "text": 3}, {"id": "c", "text": "z"}]
    assert len(list(Pipeline("fix", lambda *args: lost.append(args))(articles))) == 2
    assert lost[0][1].failed


NEW_STAGE = '''
import click
from corptool.stage import stage
from corptool.article import Article

@stage
@click.option("--times", type=int, help="How often.")
def shout(article: Article, *, times: int = 1) -> Article:
    """Make it loud."""
    return article | {"text": article["text"].upper() + "!" * times}
'''


SEEN = []


@block_stage
def shout(articles):
    """Make texts loud."""
    for article in articles:
        if len(articles) > 1:
            SEEN.append(len(articles))
        if article["text"] != "none":
            yield article | {"text": article["text"].upper()}


def test_a_block_stage_takes_what_is_there_and_no_more():
    articles = [{"text": text} for text in "abc"]
    SEEN.clear()
    assert [one["text"] for one in Step(shout, {}).over(iter(articles), on_drop=None)] == ["A", "B", "C"]
    assert SEEN == []
    assert [one["text"] for one in Step(shout, {}).over(articles, on_drop=None)] == ["A", "B", "C"]
    assert SEEN == [3, 3, 3]
    assert [one["edits"][0]["stage"] for one in map(shout, articles)] == ["shout"] * 3


def test_what_fails_in_a_block_stage_does_not_stop_its_neighbours():
    lost = []
    given = [{"text": "a"}, {"text": None}, {"text": "none"}, {"text": "b"}]
    made = Step(shout, {}).over(given, on_drop=lambda name, dropped: lost.append((name, dropped.reason)))
    assert [one["text"] for one in made] == ["A", "B"]
    assert lost == [
        ("shout", "no article, which is a dict with a string `text`"),
        ("shout", "MiscountError: the stage `shout` made less than it was given, 1 articles"),
    ]


def test_of_a_miscount_nobody_knows_which_is_whose():
    lost = []
    given = [{"text": "a"}, {"text": "none"}, {"text": "b"}]
    assert [*Step(shout, {}).over(given, on_drop=lambda _, dropped: lost.append(dropped.reason))] == []
    assert lost == ["MiscountError: the stage `shout` made less than it was given, 3 articles"] * 3


def test_what_was_made_before_a_failure_is_not_made_again():
    SEEN.clear()
    given = [{"text": "a"}, {"text": "b"}, {"text": None}, {"text": "c"}]
    assert [one["text"] for one in Step(shout, {}).over(given, on_drop=lambda *_: None)] == ["A", "B", "C"]
    assert SEEN == [4, 4, 4]


def test_what_has_been_done_is_not_done_again_in_a_block():
    done = shout({"text": "a"})
    assert [*Step(shout, {}).over([done, {"text": "b"}, done], on_drop=None)][::2] == [done, done]


def test_a_new_subcommand_is_a_new_file_and_no_edit(tmp_path):
    """The package is copied, commands/shout.py is laid in it, and all fronts know the stage."""
    shutil.copytree(ROOT / "src" / "corptool", tmp_path / "corptool")
    (tmp_path / "corptool" / "commands" / "shout.py").write_text(NEW_STAGE, "utf-8")

    def run(*words):
        command = [sys.executable, "-m", "corptool", *words]
        done = subprocess.run(command, cwd=tmp_path, input=b'{"id":"1","text":"hi"}\n', capture_output=True, check=True)
        return done.stdout.decode()

    piped = run("shout", "--times", "2")
    assert '"text":"HI!!"' in piped
    assert run("run", "shout --times 2") == piped
    assert run("run", "-j", "2", "shout --times 2") == piped
    assert '"text":"hi"' in run("run", "shout | undo")
    assert "How often.  [default: 1]" in run("shout", "--help")
    code = "import corptool; print(corptool.shout({'text': 'hi'}, times=3)['text'])"
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=True).stdout == b"HI!!!\n"
    )
