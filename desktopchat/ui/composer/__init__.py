"""Where a message is written, with its files, the queue and what is offered while one types."""
