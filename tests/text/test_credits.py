"""Authors and outlets from lines beside a title, and from the words that open a body; what is no name stays out."""

import pytest

from corptool.text.credits import credited
from corptool.text.datelines import find_dateline

NOBODY = [
    "Latest News - Dec 21, 2023",
    "Press Release | January 5, 2024",
    "New York, 5 January 2024",
    "Photo by Jane Doe/Getty Images",
    "By the river on May 1, 2024",
    "Reviewed by Jane Doe, PhD",
    "Updated: May 3, 2024 at 10:15 a.m.",
    "2023-05-12 08:30",
    "记者在现场看到，大火已被扑灭。",
    "文/图",
    "作者简介",
]
SOMEBODY = [
    ("Posted on May 1 by Jane Doe", "Jane Doe"),
    ("Jane Doe - Dec 21, 2023 1:00 pm UTC", "Jane Doe"),
    ("Jane van der Berg 8:41 PM on December 20, 2023", "Jane van der Berg"),
    ("Posted On : May 20, 2018 Published By : William J. Doe", "William J. Doe"),
    ("By Jane Doe | jdoe@example.com | Harbour Daily News", "Jane Doe"),
    ("Jane Doe | jdoe@example.com", "Jane Doe"),
    ("May 3, 2024 by Jane Doe Leave a Comment", "Jane Doe"),
    ("Zoë Doe Published 10:19am 19 December 2025", "Zoë Doe"),
    ("中國時報 林小明／綜合報導 2013年11月27日 04:09", "林小明"),
    ("2022-11-03 14:05 聯合報 記者陳美玲／花蓮報導", "陳美玲"),
    ("新京报记者 王小明 编辑 李四", "王小明"),
    ("02日14:25 作者： 赵小婕 出自[示例出版社]", "赵小婕"),
    ("作者： 放飞&心情", "放飞&心情"),
]
DATELINES = [
    ("新华社北京6月12日电（记者李四、王五）", "新华社", "北京", "6月12日", "李四、王五"),
    ("中新网6月12日电", "中新网", None, "6月12日", None),
    ("（中央社記者林小明台北30日電）", "中央社", "台北", "30日", "林小明"),
    ("〔記者施小光、吳小儀／台北報導〕", None, "台北", None, "施小光、吳小儀"),
    ("南方日报讯（记者/张三 通讯员/李四）", "南方日报", None, None, "张三"),
    ("本報訊（記者 張三）", "本報", None, None, "張三"),
    ("【大紀元2013年06月12日訊】", "大紀元", None, "2013年06月12日", None),
    ("PARIS, June 12 (AFP) —", "AFP", "PARIS", "June 12", None),
]


@pytest.mark.parametrize("line", NOBODY)
def test_nobody_is_named(line):
    assert list(credited(line)) == []


@pytest.mark.parametrize(("line", "author"), SOMEBODY)
def test_somebody_is_named(line, author):
    assert dict(credited(line))["author"] == author


def test_a_name_alone_needs_a_date_below_it():
    assert list(credited("Jane Doe")) == []
    assert list(credited("Jane Doe", "She was born on May 1, 1962, in a small town by the sea.")) == []
    assert dict(credited("Jane Doe", "Dec 21, 2023")) == {"author": "Jane Doe"}


@pytest.mark.parametrize(
    "line", ["市議會6月13日通過預算", "報告6月13日發表。", "WASHINGTON — The council", "记者李四在现场"]
)
def test_no_dateline(line):
    assert find_dateline(line) is None


@pytest.mark.parametrize("expected", DATELINES, ids=lambda row: row[0])
@pytest.mark.parametrize("rest", ["市議會通過了預算案。", " 市议会通过了预算案。"])
def test_dateline(expected, rest):
    assert find_dateline(expected[0] + rest) == expected
