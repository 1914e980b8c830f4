import openai

response = openai.Completion.create(
    engine="text-davinci-003",
    prompt="你好，ChatGPT，今天天气怎么样？",
    max_tokens=100,
    n=1,
    stop=None,
    temperature=0.5,
)

print(response.choices[0].text)
