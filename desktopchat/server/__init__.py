"""The local endpoint: programs that speak OpenAI's API talk to the model in use."""
