curl --fail-with-body https://fraga.exempelby.se/v1/models \
  --header "Authorization: Bearer $ALLMANNING_KEY"
