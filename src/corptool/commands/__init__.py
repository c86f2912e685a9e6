"""One file a subcommand; what is in this folder is what `corptool --help` lists."""
