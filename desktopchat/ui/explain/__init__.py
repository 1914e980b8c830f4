"""The cards that look into an answer: its tokens and what could have been, and the prompt before it."""
