"""One file a format: bytes to articles and articles to bytes."""
