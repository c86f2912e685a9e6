"""Tables that a benchmark writes into a page of docs/, between two marks that stay."""

import re
from pathlib import Path


def put(text: str, marks: tuple[str, str], page: Path | None) -> None:
    """Write the text between the marks of the page; print it where there is no page."""
    if page is None:
        print(text)
        return
    start, end = map(re.escape, marks)
    old = page.read_text("utf-8")
    page.write_text(re.sub(f"(?<={start}).*(?={end})", lambda _: text, old, flags=re.DOTALL), "utf-8")
