"""Who wrote an article, and for whom, from a short line beside its title that is no part of it.

Rules (data/boilerplate/bylines.toml) know lines that are nothing but a by-line. Here is what stands in a line together
with dates, addresses and the like, told by capital letters, or by the forms of Chinese newspapers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corptool.text.dates import find_date

_CAPITAL = "A-ZÀ-ÖØ-ÞŁŚŠŽČ"
_NO_NAME = "|".join(
    """
    about all analysis angeles article articles associated author authors best blog books breaking business by case
    category center centre city college columnist comment comments company contributor copyright correspondent
    created credit daily date desk director edited editor editorial editors event events featured follow foundation
    free from general group guest guide health historian home image images in inc industry information insights
    institute international issue journal last latest leave live local los magazine march marketing media min minute
    minutes modified monthly more national new news newsletter no on opinion original our photo photos podcast
    policy politics post posted posts press producer product professor protocol public published read reading
    release released report reporter reports resources reuters review reviews rights role san science section senior
    services share size solution solutions special sponsored sports staff states stories story strategy street study
    subscribe team tech technology the this time times top topic trending type united university update updated
    updates use video views volume washington watch web weekly world writer written york your apr(?:il)? aug(?:ust)?
    dec(?:ember)? feb(?:ruary)? fri(?:day)? jan(?:uary)? jul(?:y)? mon(?:day)? nov(?:ember)? oct(?:ober)?
    sat(?:urday)? sept?(?:ember)? sun(?:day)? thu(?:rsday)? tue(?:sday)? wed(?:nesday)?
    """.split()
)
"""Words of headings and labels that would pass for names beside a date: "Latest News - Dec 21, 2023"."""
_WORD = rf"(?!(?i:{_NO_NAME})\b)[{_CAPITAL}][\w.'’-]*"
_NAME = rf"{_WORD}(?: (?:{_WORD}|d[aei]|del|van|von|der|bin|al|la|le)(?![\w@])){{1,3}}"
_BY = re.compile(
    r"(?:^|[|•·–—:/,-]\s*|\d\s+|\b[ap]\.?m\.?\s+|\b[A-Z]{2,4}\s+|\b(?i:posted|published|written|reported|story|words)\s+)"
    rf"(?i:by) ?:? ?(?P<author>{_NAME}(?:(?:,| and| &) {_NAME})*)"
)
_OF_PICTURES = re.compile(r"(?i)\b(?:photo|image|illustration|picture|video|graphic|courtesy|getty|credit)")
_ALONE = re.compile(
    rf"(?P<author>{_NAME})(?: ?[|•·–—/-])?(?: (?:(?i:published|posted)|\d{{1,2}}:\d\d ?[APap]\.?[Mm]\.?|on))*"
)
_MAILED = re.compile(rf"(?P<author>{_NAME}) ?[|•·] ?\S+@\S+")

_PERSON = "[\u4e00-\u9fff·]{2,4}"
_ROLE = "(?:编辑|編輯|校[对對]|[责責][任编編]|[摄攝]影|通[讯訊]|[实實][习習]|[报報][导導道])"
_PERSONS = rf"{_PERSON}(?:[、,， ](?!{_ROLE}){_PERSON}(?![\u4e00-\u9fff]))*"
_OUTLET = r"(?P<source>[\u4e00-\u9fff]{1,6}(?:[社报報网網台臺]|[时時][报報]|新[闻聞](?:[网網])?))"
_REPORTED = r"(?:报[导道]|報[導道]|特稿|[专專][访訪]|[电電]|[讯訊])"
_CHINESE = (
    # 中國時報 陳亭均／綜合報導 2013年11月27日 04:09
    re.compile(
        rf"(?:^|[\s\d])(?:{_OUTLET}\s*)?(?:[记記]者|特派[员員])?\s*(?P<author>{_PERSON}(?:、{_PERSON})*)"
        rf" ?[/／] ?[\u4e00-\u9fff]{{0,6}}?{_REPORTED}(?![\u4e00-\u9fff])"
    ),
    # 新京报记者 王小明 编辑 李四; □ 本报记者 张三 通讯员 李四
    re.compile(
        rf"^[□■◎●\s(（\[【]*{_OUTLET}?(?:[实實][习習]|特[约約])?[记記]者[ /／:：]+"
        rf"(?P<author>{_PERSONS})(?![\u4e00-\u9fff])"
    ),
    # 02日14:25 作者： 赵婕 出自[人民文学出版社]
    re.compile(r"(?:^|\s)(?:作者|撰文) ?[:：|｜/／] ?(?P<author>[^\s:：|｜,，。]{2,16})(?:\s|$)"),
)
OWN_NAME = re.compile("本[报報网網台臺社刊]")
"""What a paper calls itself is no name that others know it by."""


def credited(line: str, after: str = "") -> Iterator[tuple[str, str]]:
    """The author, and the outlet, of a short line that also says other things; or a name alone, with a date after it.

    >>> list(credited("Posted on May 1 by Jane Doe")), list(credited("Jane Doe - Dec 21, 2023 1:00 pm"))
    ([('author', 'Jane Doe')], [('author', 'Jane Doe')])
    >>> dict(credited("聯合報 記者陳美玲／花蓮報導"))
    {'source': '聯合報', 'author': '陳美玲'}
    >>> list(credited("Latest News - Dec 21, 2023")), list(credited("Photo by Jane Doe"))
    ([], [])
    """
    for form in _CHINESE if not line.isascii() else ():
        if found := form.search(line):
            yield from (
                (name, value) for name, value in found.groupdict().items() if value and not OWN_NAME.fullmatch(value)
            )
            return
    if _OF_PICTURES.search(line):
        return
    date = find_date(line)
    name = line[: date.start].rstrip() if date else line if _is_date(after) else ""
    if found := _BY.search(line) or _MAILED.match(line) or _ALONE.fullmatch(name):
        yield "author", found["author"]


def _is_date(line: str) -> bool:
    """Whether a line is a date and little else."""
    date = find_date(line)
    return date is not None and date.sort != "partial" and len(line) - (date.end - date.start) < 25
