"""What programs of the first years do besides."""

import openai

chunks = openai.Completion.create(engine="text-davinci-003", prompt="Name a boat.", max_tokens=12, stream=True)
print("streamed", "".join(chunk.choices[0].text for chunk in chunks) != "")

chat = openai.ChatCompletion.create(
    model="gpt-3.5-turbo", messages=[{"role": "user", "content": "Name a boat."}], max_tokens=12
)
print("chat", chat.choices[0].message.content != "", chat.usage.total_tokens > 12)

parts = openai.ChatCompletion.create(
    model="gpt-3.5-turbo", messages=[{"role": "user", "content": "Name a boat."}], max_tokens=12, stream=True
)
print("chat streamed", "".join(part.choices[0].delta.get("content", "") for part in parts) != "")

likely = openai.Completion.create(engine="davinci", prompt="A cat", max_tokens=4, logprobs=2, echo=False)
logprobs = likely.choices[0].logprobs
print(
    "logprobs", len(logprobs.tokens), all(value <= 0 for value in logprobs.token_logprobs), len(logprobs.top_logprobs)
)

vector = openai.Embedding.create(model="text-embedding-ada-002", input="A cat")
print("embedding", len(vector["data"][0]["embedding"]) > 10)

print("models", openai.Model.list().data[0].id != "")
try:
    openai.Completion.create(engine="no-such-model", prompt="A cat")
except openai.error.InvalidRequestError as error:
    print("refused", error.http_status, error.code)
try:
    openai.Completion.create(engine="davinci", prompt="A cat", temperature=99)
except openai.error.InvalidRequestError as error:
    print("refused", error.http_status, error.param)
openai.api_key = "sk-wrong"
try:
    openai.Completion.create(engine="davinci", prompt="A cat")
except openai.error.AuthenticationError as error:
    print("refused", error.http_status)
