"""desktopchat: a desktop chat client with local GPU inference."""

__version__ = "0.1.0"
