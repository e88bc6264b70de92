const response = await fetch("https://fraga.exempelby.se/v1/chat/completions", {
  method: "POST",
  headers: {
    Authorization: `Bearer ${process.env.ALLMANNING_KEY}`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    model: "allmanning",
    messages: [{ role: "user", content: "Vad kostar det att lämna barn på förskolan?" }],
  }),
});
const answer = await response.json();
if (!response.ok) throw new Error(answer.error.message);
console.log(answer.choices[0].message.content);

const decision = answer.allmanning;
for (const source of decision.citations) {
  console.log(`[${source.number}] ${source.document.title}: ${source.link}`);
}
console.log(decision.outcome, decision.decision_id);
