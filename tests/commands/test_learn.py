"""`learn`: a rule file of what sites repeat."""

import tomllib

from corptool.commands.learn import learn

HEAD = 'Home | News\nRead by {0} people\nHe said "no\\yes"\n首頁　新聞\n'


def pages(site, count):
    return [
        {"text": HEAD.format(n) + f"Story {'abcdef'[n]} of the day", "url": f"https://{site}/{n}"} for n in range(count)
    ]


def learned(articles, **options):
    return tomllib.loads(b"".join(learn(articles, **options)).decode())


def test_nothing_is_learned_of_few_pages():
    assert learned([]) == {}
    assert learned(pages("a.example", 2)) == {}


def test_lines_are_learned_as_templates():
    (site,) = learned([*pages("b.example", 2), *pages("a.example", 4)])["site"]
    assert (site["name"], site["pages"]) == ("a.example", 4)
    assert site["lines"] == ["home | news", "read by 0 people", 'he said "no\\yes"', "首页 新闻"]


def test_min_pages():
    assert [site["name"] for site in learned(pages("a.example", 2), min_pages=2)["site"]] == ["a.example"]
