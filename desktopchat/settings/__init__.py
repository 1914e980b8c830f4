"""Settings as declared data, kept in one TOML file."""
