"""Sign in where the authority signs its people in: OpenID Connect Core 1.0, code flow with PKCE."""
