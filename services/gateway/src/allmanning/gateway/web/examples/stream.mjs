const response = await fetch("https://fraga.exempelby.se/v1/chat/completions", {
  method: "POST",
  headers: {
    Authorization: `Bearer ${process.env.ALLMANNING_KEY}`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    model: "allmanning",
    messages: [{ role: "user", content: "Vad kostar det att lämna barn på förskolan?" }],
    stream: true,
  }),
});
if (!response.ok) throw new Error((await response.json()).error.message);

let rest = "";
for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    if (!line.startsWith("data: ") || line === "data: [DONE]") continue;
    const chunk = JSON.parse(line.slice(6));
    if (chunk.error) throw new Error(chunk.error.message);
    process.stdout.write(chunk.choices[0]?.delta.content ?? "");
  }
}
process.stdout.write("\n");
