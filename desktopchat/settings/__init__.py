"""What can be set, and the TOML file in which it is."""
