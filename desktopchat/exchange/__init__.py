"""Conversations from and to files. What others wrote is read in a process of its own, because nobody vouches for it."""
