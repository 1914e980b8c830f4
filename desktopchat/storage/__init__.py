"""The conversations on disk. The only package that imports apsw."""
