// The browser's own dialogue for passkeys can be reached by a script only.

const form = document.getElementById("add");

/** Has the browser make a passkey, and puts it in the form. */
async function made() {
  const response = await fetch("/account/passkey/options", {
    method: "POST",
    headers: { Accept: "application/json" },
  });
  const said = await response.json();
  if (!response.ok) throw new Error(said.detail);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(said);
  return JSON.stringify(await navigator.credentials.create({ publicKey }));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const told = form.querySelector("[role=alert]");
  told.textContent = "";
  try {
    form.elements.credential.value = await made();
    form.submit();
  } catch (error) {
    told.textContent = error.name === "Error" ? error.message : form.dataset.failed;
  }
});
