"""`corptool convert`: see docs/convert.md."""

from __future__ import annotations

import click

from corptool import dictionaries
from corptool.article import Article
from corptool.stage import stage
from corptool.text.script.routes import CONFIGS, TARGETS, route


@stage
@click.option("--to", type=click.Choice(TARGETS), help="Target script.")
@click.option("--config", type=click.Choice(CONFIGS), help="One of OpenCC's configurations, instead of --to.")
@click.option("--tables", type=click.Choice(dictionaries.TABLES), help="Whose dictionaries.")
def convert(
    article: Article, *, to: str = "s", config: str | None = None, tables: str = dictionaries.CURRENT
) -> Article:
    """Convert between Simplified and Traditional script.

    Example: corptool convert --to tw articles.jsonl
    """
    configs = (config,) if config else route("t" if to == "s" else "s", to)
    converted = {key: article[key] for key in ("title", "text") if isinstance(article.get(key), str)}
    for name in configs:
        engine = dictionaries.engine(name, tables)
        converted = {key: engine.convert(text) for key, text in converted.items()}
    if all(article[key] == text for key, text in converted.items()):
        return article
    meta = {**(article.get("meta") or {}), "converted": f"{'+'.join(configs)} {tables}"}
    return article | converted | {"meta": meta}
