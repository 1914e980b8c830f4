"""The database of conversations. The only user of apsw."""
