"""What `packaging/dev.py` is made of. Standard library only."""
