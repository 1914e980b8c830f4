"""Every action of the app as declared data."""
