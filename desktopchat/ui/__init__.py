"""Qt widgets. Knows controllers, commands and core types only."""
