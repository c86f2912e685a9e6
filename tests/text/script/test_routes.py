import pytest

from corptool import rules
from corptool.text.script.routes import CONFIGS, TARGETS, route


@pytest.mark.parametrize("source", ["s", "t", "tw", "hk", "jp"])
@pytest.mark.parametrize("target", TARGETS)
def test_every_route_is_made_of_configurations_that_join(source, target):
    configs = route(source, target)
    assert set(configs) <= set(CONFIGS)
    ends = [source, *(config.partition("2")[2] for config in configs)]
    starts = [config.partition("2")[0] for config in configs]
    assert starts == [end.removesuffix("p") if end != "jp" else end for end in ends[:-1]]


def test_the_configurations_are_opencc_s():
    assert set(rules.opencc()["configs"]["opencc-1.4.2"]) == set(CONFIGS)
