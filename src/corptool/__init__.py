"""Turn messy scraped articles, Chinese and English, into a clean corpus."""

__version__ = "0.1.0"
