"""For corpora of interviews. transcripts.toml, beside this file, holds the rules."""
