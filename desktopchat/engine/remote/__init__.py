"""The engine that asks a server which speaks the API of OpenAI."""
