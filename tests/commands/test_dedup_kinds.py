"""Kinds of articles that look alike and are none of each other's copies, and kinds that are copies."""

import pytest

from corptool.commands.dedup import dedup
from tests.commands.test_dedup import article, pages

QUAKE = (
    "A magnitude 6.1 earthquake struck the eastern province at 3:20 on Sunday morning, killing at least 12 people and "
    "injuring 140, the emergency office said. Roads to four villages were cut, and soldiers were flown in to search for "
    "survivors. Schools and offices in the provincial capital will stay closed until Wednesday.\n"
    "Rescuers pulled a mother and her two children from the ruins of a three-storey house after nine hours. The "
    "governor visited the hospital and asked residents to keep away from damaged buildings, as strong aftershocks were "
    "expected for several days."
)
QUAKE_UPDATED = (
    QUAKE.replace("at least 12", "at least 31")
    .replace("injuring 140", "injuring 520")
    .replace("four villages", "eleven villages")
    .replace("after nine hours", "after 26 hours")
    .replace("6.1", "6.2")
    .replace("3:20", "3:21")
)
QUAKE_BY_ANOTHER = (
    "Soldiers and volunteers dug through rubble on Sunday for survivors of an earthquake that flattened parts of the "
    "country's east before dawn. Officials put the death toll at 12 but feared that it would rise, since villages in "
    "the hills could not be reached by road. 'The whole street is gone,' a shopkeeper told our correspondent."
)
STORM = (
    "中央气象台继续发布台风黄色预警。今年第9号台风“海燕”的中心今天上午8时位于海南省三亚市东南方向约320公里的海面上，"
    "中心附近最大风力有12级。预计，“海燕”将以每小时15公里左右的速度向西北方向移动，强度变化不大，并将于明天夜间在越南北部沿海登陆。"
    "受其影响，南海中部、北部湾、琼州海峡以及海南岛沿海将有8到10级大风。"
)
STORM_BY_ANOTHER = (
    "台风“海燕”逼近，海口美兰机场今天取消航班四十余班，琼州海峡轮渡全线停航。三亚各景区从中午起关闭，渔船已全部回港避风。"
    "市民许先生说，超市里的方便面和蔬菜上午就卖空了。教育部门通知，全市中小学和幼儿园明天停课一天。"
)
JUDGMENT = (
    "原告{name}与被告{city}市人力资源和社会保障局工伤认定一案，本院于{date}立案后，依法组成合议庭，公开开庭进行了审理。"
    "原告诉称，其于{day}在{place}工作时{how}，经诊断为{what}，被告作出的不予认定工伤决定认定事实不清，请求予以撤销。"
    "被告辩称，原告所受伤害不符合《工伤保险条例》第十四条第（一）项的规定，作出的决定事实清楚、程序合法。"
    "本院认为，职工在工作时间和工作场所内，因工作原因受到事故伤害的，应当认定为工伤。{why}"
    "依照《中华人民共和国行政诉讼法》第六十九条的规定，判决如下：{end}案件受理费50元，由{who}负担。"
)
ONE_CASE = {
    "name": "陈国强",
    "city": "宜昌",
    "date": "2017年3月2日",
    "day": "2016年5月9日",
    "place": "码头仓库",
    "how": "被滑落的钢管砸中左脚",
    "what": "左足第三跖骨骨折",
    "why": "被告未查明原告是否在装卸作业中受伤，主要证据不足。",
    "end": "撤销被告作出的决定，责令其重新作出。",
    "who": "被告",
}
LIKE_CASE = {
    "name": "刘美兰",
    "city": "洛阳",
    "date": "2018年11月20日",
    "day": "2018年1月17日",
    "place": "食堂后厨",
    "how": "因地面湿滑摔倒",
    "what": "腰椎压缩性骨折",
    "why": "原告摔倒时已下班离岗，从事的是私人事务，并非工作原因。",
    "end": "驳回原告的诉讼请求。",
    "who": "原告",
}
APPEAL = (
    "上诉人陈国强因工伤认定一案，不服宜昌市西陵区人民法院行政判决，向本院提起上诉。原审查明，陈国强于2016年5月9日在码头仓库工作时"
    "被滑落的钢管砸中左脚，经诊断为左足第三跖骨骨折。上诉人称，一审判决对停工留薪期未作处理，请求予以增加。"
    "本院经审理认为，行政诉讼只对被诉行政行为的合法性进行审查，停工留薪期应当另行申请确认，上诉理由不能成立，原判应予维持。"
    "依照《中华人民共和国行政诉讼法》第八十九条的规定，判决如下：驳回上诉，维持原判。本判决为终审判决。"
)
POEM = "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。"
PROVERB = "A stitch in time saves nine, as the old people in our valley never tired of telling us."
LISTING = "Jobs in {place}\n" + "\n".join(
    f"{title}: full time, apply by letter" for title in ("Baker", "Welder", "Nurse", "Gardener", "Driver", "Cook")
)

JOBS = (
    "Jobs in Harbin\nBaker, day shift, Daoli: apply to Mrs Zhou\nWelder at the shipyard, two years' practice\n"
    "Nurse for a kindergarten, mornings only\nDriver with a clean licence, own car preferred"
)
OTHER_JOBS = (
    "Jobs in Guilin\nCook for a river boat, cabin included\nGardener at the botanical garden, spring season\n"
    "Nurse for a kindergarten, mornings only\nGuide who speaks Korean or Japanese, weekends"
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (QUAKE, QUAKE_BY_ANOTHER),
        (STORM, STORM_BY_ANOTHER),
        (QUAKE, STORM),
        (JUDGMENT.format(**ONE_CASE), JUDGMENT.format(**LIKE_CASE)),
        (JUDGMENT.format(**ONE_CASE), APPEAL),
        (JOBS, OTHER_JOBS),
        (pages(2)[0], pages(4)[2]),
    ],
    ids=["reports-en", "reports-zh", "two-languages", "like-cases", "one-case", "listings", "nothing"],
)
def test_different_articles(one, other):
    filler = [article(f"x{number}", text) for number, text in enumerate(pages(20)[4:])]
    out = list(dedup([article("a", one), article("b", other), *filler]))
    assert [kept["id"] for kept in out][:2] == ["a", "b"]


def test_an_updated_report_with_other_figures_is_another_article():
    marked = list(dedup([article("a", QUAKE), article("b", QUAKE_UPDATED)], mark=True))
    assert [one["cluster"] for one in marked] == ["a", "b"]
    assert marked[0]["related"] == [{"relation": "template", "id": "b"}]


@pytest.mark.parametrize("quoted", [POEM, PROVERB])
def test_pages_that_quote_the_same_words(quoted):
    articles = [article(f"{number:02}", f"{text}\n{quoted}\n{text[::-1]}") for number, text in enumerate(pages(20))]
    assert list(dedup(articles)) == articles


def test_copies_of_one_judgment():
    text = JUDGMENT.format(**ONE_CASE)
    copy = "（来源：裁判文书网）\n" + text.replace("陈国强", "陈某某") + "\n责任编辑：王芳"
    out = list(dedup([article("a", text), article("b", copy)], keep="first"))
    assert [kept["id"] for kept in out] == ["a"]


def test_an_updated_report_that_only_adds_is_a_copy():
    more = QUAKE + "\nA spokesman said on Monday that all roads were open again."
    out = list(dedup([article("a", QUAKE), article("b", more)]))
    assert [kept["id"] for kept in out] == ["b"]


@pytest.mark.parametrize(("share", "kept", "relation"), [(0.5, ["a", "b"], "contained"), (0.7, ["a", "a"], "near")])
def test_half_of_an_article_is_an_excerpt_and_more_of_it_a_copy(share, kept, relation):
    whole = "\n".join(pages(24)[::2][:6])
    excerpt = whole[-int(share * len(whole)) :]
    out = list(dedup([article("a", whole), article("b", excerpt)], mark=True))
    assert [one["cluster"] for one in out] == kept
    assert relation in (out[1]["relation"], *(one["relation"] for one in out[1].get("related", ())))


@pytest.mark.xfail(reason="forms in which only words differ, no numbers, and that are seen only twice")
def test_two_listings_of_two_places():
    pair = [article("a", LISTING.format(place="Harbin")), article("b", LISTING.format(place="Guilin"))]
    assert len(list(dedup(pair))) == 2
