import os

from openai import OpenAI

client = OpenAI(base_url="https://fraga.exempelby.se/v1", api_key=os.environ["ALLMANNING_KEY"])
answer = client.chat.completions.create(
    model="allmanning",
    messages=[{"role": "user", "content": "Vad kostar det att lämna barn på förskolan?"}],
)
print(answer.choices[0].message.content)

decision = answer.model_extra["allmanning"]
for source in decision["citations"]:
    print(f"[{source['number']}] {source['document']['title']}: {source['link']}")
print(decision["outcome"], decision["decision_id"])
