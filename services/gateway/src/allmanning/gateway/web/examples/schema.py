import os

from openai import OpenAI
from pydantic import BaseModel


class Sentence(BaseModel):
    text: str
    citations: list[int]


class Answer(BaseModel):
    outcome: str
    sentences: list[Sentence]


client = OpenAI(base_url="https://fraga.exempelby.se/v1", api_key=os.environ["ALLMANNING_KEY"])
answer = client.chat.completions.parse(
    model="allmanning",
    messages=[{"role": "user", "content": "Vad kostar det att lämna barn på förskolan?"}],
    response_format=Answer,
)
for sentence in answer.choices[0].message.parsed.sentences:
    print(sentence.citations, sentence.text)
