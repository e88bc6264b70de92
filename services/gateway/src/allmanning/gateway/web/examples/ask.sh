curl --fail-with-body https://fraga.exempelby.se/v1/chat/completions \
  --header "Authorization: Bearer $ALLMANNING_KEY" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "allmanning",
    "messages": [{"role": "user", "content": "Vad kostar det att lämna barn på förskolan?"}]
  }'
