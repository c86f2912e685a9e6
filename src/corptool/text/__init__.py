"""Text in, text out: pure functions that know nothing of files, articles or the command line."""
