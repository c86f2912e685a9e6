"""Where and when a story was filed, and by whom: the words that open its body."""

from __future__ import annotations

import re
from typing import NamedTuple

_AGENCY = r"[\u4e00-\u9fff]{1,7}?(?:社|[网網]|[报報]|[台臺]|客[户戶]端|纪元|紀元)"
_DATE = r"(?P<date>(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日)"
_REPORTER = r"(?:[记記]者|[编編][译譯]|通[讯訊][员員])"
_NAMES = r"[\u4e00-\u9fff·]{2,4}(?:[、 ][\u4e00-\u9fff·]{2,4})*"
_WIRED = r"\s*(?:[综綜]合|[专專])?[电電讯訊]"
_CITIES = (
    "(?:[台臺]北|新北|基隆|桃[园園]|新竹|苗栗|[台臺]中|彰化|南投|[云雲]林|嘉[义義]|[台臺]南|高雄|屏[东東]|宜[兰蘭]|花[莲蓮]|[台臺][东東]|澎湖|金[门門]|"
    "[马馬]祖|香港|北京|上海|[东東]京|首[尔爾]|新加坡|曼谷|[华華]盛[顿頓]|[纽紐][约約]|洛杉[矶磯]|[旧舊]金山|[伦倫]敦|巴黎|柏林|布[鲁魯]塞[尔爾]|莫斯科|新德里)[县縣市]?"
)
"""After a reporter's name, which may be of two characters or of three: elsewhere nothing tells where it ends."""
_FILED = re.compile(  # 新华社北京6月12日电（记者李四、王五）, 中新网6月12日电, 【大紀元2013年06月12日訊】
    rf"[(（【\[]?(?P<agency>{_AGENCY})(?P<place>(?!{_REPORTER})[\u4e00-\u9fff·]{{2,8}}?)?{_DATE}{_WIRED}[】\])）]?"
    rf"(?:\s*[(（]{_REPORTER}?\s*(?P<reporter>[^()（）]{{2,30}})[)）])?"
)
_FILED_BY = re.compile(  # （中央社記者葉素萍台北30日電）
    rf"[(（【\[]?(?P<agency>{_AGENCY}){_REPORTER}(?P<reporter>{_NAMES})(?P<place>{_CITIES}){_DATE}{_WIRED}[】\])）]?"
)
_REPORTED = (  # 聯合報／ 記者王小明／台北即時報導
    rf"(?:(?P<agency>{_AGENCY})\s*[／/]?\s*)?{_REPORTER}\s*(?P<reporter>{_NAMES})\s?[／/]\s?"
    r"(?P<place>(?![综綜]合|即[时時])[\u4e00-\u9fff]{2,5}?)?(?:[综綜]合|即[时時])?[報报][導导道]"
)
_REPORTED_BY = re.compile(
    rf"[(（【\[〔〖]{_REPORTED}[)）】\]〕〗]"
)  # 〔記者林小明／台北報導〕, 【本報記者林小明／台北報導】
_REPORTED_IN_LINE = re.compile(rf"(?<![\u4e00-\u9fff]){_REPORTED}(?![\u4e00-\u9fff])")
_HEARD_BY = re.compile(  # 本报讯（记者 张三 通讯员 李四）, 南方日报讯 记者张三
    rf"[(（【\[]?(?P<agency>{_AGENCY})[讯訊][】\])）]?\s*[(（]?{_REPORTER}[ /／:：]*(?P<reporter>{_NAMES})"
    rf"(?:[ 　]{_REPORTER}[ /／:：]*{_NAMES})?(?:[)）]|[报報][导導道][:：]|(?=[ 　]))"
)
_DATELINE_EN = re.compile(
    r"(?P<place>[A-Z][A-Z .'-]{2,}(?:, [A-Z][\w.]*){0,2}?)"
    r"(?:, (?P<date>(?:Jan|Feb|March|April|May|June|July|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d{1,2}))?"
    r" \((?P<agency>[A-Z][A-Za-z. ]{1,20})\) ?(?:--|[—–-])"
)
_DATELINES = (_FILED, _FILED_BY, _REPORTED_BY, _HEARD_BY, _DATELINE_EN)


class Dateline(NamedTuple):
    """Where and when an agency's story was filed, as the words stand."""

    text: str
    agency: str | None
    place: str | None
    date: str | None
    reporter: str | None


def find_dateline(line: str) -> Dateline | None:
    """The dateline at the start of the body's first line.

    >>> find_dateline("人民網成都6月13日電 (趙祖樂)6月12日,大會舉行。").place
    '成都'
    >>> find_dateline("BEIJING, June 5 (Xinhua) -- China said").agency
    'Xinhua'
    >>> find_dateline("（中央社記者林小明台北30日電）市議會")[1:]
    ('中央社', '台北', '30日', '林小明')
    >>> find_dateline("報告6月13日發表。")
    """
    for form in _DATELINES:
        if hit := form.match(line):
            return _dateline(hit)
    return None


def reported(line: str) -> Dateline | None:
    """The same in a line beside the title, where the date of the page may stand before it.

    >>> reported("2024-10-31 09:12 聯合報／ 記者王小明／台北即時報導")[1:]
    ('聯合報', '台北', None, '王小明')
    """
    hit = _REPORTED_IN_LINE.search(line)
    return _dateline(hit) if hit else None


def _dateline(hit: re.Match[str]) -> Dateline:
    part = hit.groupdict()
    reporter = (part.get("reporter") or "").strip() or None
    return Dateline(hit[0].strip(), part["agency"], part.get("place"), part.get("date"), reporter)
