"""Which articles are copies of which: what is remembered of each, how that is decided, and the index on disk."""
