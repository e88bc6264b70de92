curl --fail-with-body https://fraga.exempelby.se/v1/embeddings \
  --header "Authorization: Bearer $ALLMANNING_KEY" \
  --header "Content-Type: application/json" \
  --data '{
    "model": "allmanning-embedding",
    "input": ["Vad kostar förskolan?"],
    "allmanning": {"kind": "query"}
  }'
