curl --fail-with-body https://fraga.exempelby.se/v1/search \
  --header "Authorization: Bearer $ALLMANNING_KEY" \
  --header "Content-Type: application/json" \
  --data '{"query": "avgift förskola", "limit": 3}'
