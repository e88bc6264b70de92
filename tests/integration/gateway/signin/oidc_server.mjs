// A real OpenID provider for the tests: any name signs in, and says of itself what stands in claims.json.
// Usage: node oidc_server.mjs PORT CLAIMS REDIRECT. Its keys are new each time it starts.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Provider } from "oidc-provider";

const [port, claims, redirect] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "ES256" };

const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    {
      client_id: "allmanning",
      client_secret: "a secret: with & signs",
      redirect_uris: [redirect],
      post_logout_redirect_uris: [new URL("/", redirect).href],
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: ["test"] },
  claims: { openid: ["sub"], profile: ["preferred_username", "groups", "amr_level", "department"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  async findAccount(_context, id) {
    return { accountId: id, claims: async () => ({ sub: id, ...JSON.parse(readFileSync(claims, "utf8"))[id] }) };
  },
});
provider.listen(Number(port), "localhost", () => console.log("ready"));
