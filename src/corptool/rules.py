"""Rules, tables and models from data/, loaded once and handed to text functions: the only reader of data/."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parent / "data"
