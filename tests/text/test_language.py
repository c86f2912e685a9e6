"""Languages and scripts: first what cannot be told, then what can, then what we know we get wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corptool import dictionaries, rules
from corptool.text.language import language, script

NOT_TOLD = ["", "中文", "人口一百", "2025", "OK", "享年84。", "😀", "。。。", "https://example.com/the-end"]
NOT_TOLD += [
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore.",
    "Xqz plomar tvek brundis sallo kemtir vandrup olgeth missen dorval plenk artu zimmer kolp bandar ustrel findo",
]

TOLD = [
    ("zh-Hans", "网站"),
    ("zh-Hans", "HTTP 是一个基于文本的协议，同时一个请求有如下格式："),
    ("zh-Hans", "鲜の每日 C 果汁，这是一个品牌的名字。"),
    ("zh-Hans", "他说：“Machine learning models can be very large”，然后就走了，谁也没有说话。"),
    ("zh-Hans", "中文 の 网站"),
    ("zh-Hans", "https://a.cn/x后来这里"),
    ("zh-Hant", "網站"),
    ("zh-Hant", "寄出新訊息予使用者，重新指派問題予仲裁員"),
    ("zh-Hant", "秘密與恒心，恒生銀行的秘書在此說。"),
    ("zh-Hant", "東京駅前的商店都關門了，這裡沒有人。"),
    ("zh-Hant-TW", "這個軟體在智慧型手機和平板上，可以列印資料庫的內容，預設的介面也能用滑鼠操作。"),
    ("zh-Hant-HK", "佢哋喺巴士站等咗好耐，冇嘢食，後來搭的士去港鐵站。"),
    ("ja", "東京の駅で会いましょう。"),
    ("ja", "元広島県議会議員。"),
    ("ja", "身長172cm、体重60kg。"),
    ("ko", "안녕하세요. 서울(首爾)에서 왔습니다."),
    ("en", "The method was called wang (王) by the author of this book."),
    ("en", "It is."),
    ("fr", "Le gouvernement a annoncé hier que les nouvelles mesures entreront en vigueur dès la semaine prochaine."),
    ("fr", "Paris est la capitale de la France et la ville la plus grande du pays avec deux millions d'habitants."),
    ("de", "Das ist ein einfacher Text ohne besondere Zeichen, den man in jedem Buch finden kann, wenn man will."),
    ("es", "La reunión se ha fijado para el próximo martes y todavía no hay una lista de participantes confirmada."),
    ("pt", "A reunião foi marcada para a próxima terça-feira e não há ainda uma lista de participantes confirmada."),
    ("pl", "Rząd ogłosił wczoraj, że nowe środki wejdą w życie już w przyszłym tygodniu w całym kraju."),
    ("ru", "Правительство вчера объявило, что новые меры вступят в силу уже на следующей неделе в столице."),
]


RELATED = [
    ("fr", "Accueil, actualités, économie, société, culture, sport, contactez notre rédaction régionale"),
    ("fr", "Réalisation automatique: traitement rapide, vérification complète, résultat assuré, garantie totale"),
    ("fr", "Il a décidé de partir à São Paulo avec sa mère, où la situation économique était meilleure."),
    ("de", "Der Hund läuft durch den Garten und die Katze schläft auf dem Sofa, während es draußen regnet."),
    ("es", "Inicio, noticias, economía, sociedad, cultura, deportes, póngase en contacto con nosotros"),
    ("it", "Notizie, economia, società, cultura, sport: contattate la nostra redazione regionale, grazie"),
]


@pytest.mark.parametrize("text", NOT_TOLD)
def test_not_told(text):
    assert language(text, rules.script_tables()).tag is None


@pytest.mark.parametrize(("tag", "text"), TOLD)
def test_told(tag, text):
    assert language(text, rules.script_tables()).tag == tag


def test_short_texts_in_related_languages_are_told_rightly_or_not_at_all():
    for tag, text in RELATED:
        assert language(text, rules.script_tables()).tag in (tag, None), text


@pytest.mark.xfail(reason="characters that modern Japanese and both Chinese scripts share")
@pytest.mark.parametrize("text", ["新宿区役所前", "昭和六十年東京生"])
def test_japanese_without_kana(text):
    assert language(text, rules.script_tables()).tag == "ja"


@given(st.text("中文人口汉字漢字发發のカabc 1\n"))
def test_the_other_script_is_told_of_what_was_converted(text):
    tables = rules.script_tables()
    for config, wrong in (("s2tw", "s"), ("t2s", "t")):
        assert script(dictionaries.engine(config).convert(text), tables) != wrong
