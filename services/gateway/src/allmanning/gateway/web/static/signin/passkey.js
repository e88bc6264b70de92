// The browser's own dialogue for passkeys can be reached by a script only; without one the other ways in remain.

const form = document.getElementById("passkey");

/** Asks our server; what went wrong is told in its own words. */
async function asked(path, body) {
  const response = await fetch(path, { method: "POST", body, headers: { Accept: "application/json" } });
  const said = await response.json();
  if (!response.ok) throw new Error(said.detail);
  return said;
}

async function signIn() {
  const options = await asked("/signin/passkey/options");
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey });
  const body = new URLSearchParams({
    credential: JSON.stringify(credential),
    next_path: form.elements.next_path.value,
  });
  const { next } = await asked("/signin/passkey", body);
  window.location.assign(next);
}

if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = form.querySelector("[role=alert]");
    told.textContent = "";
    try {
      await signIn();
    } catch (error) {
      told.textContent = error.name === "Error" ? error.message : form.dataset.failed;
    }
  });
}
