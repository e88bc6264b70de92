// An answer is read aloud by a voice of this machine only: others send the text away to be spoken.

const speech = globalThis.speechSynthesis;

/** A local voice for a language tag; the voices may come a moment after the page. */
function voiceFor(language) {
  const base = language.toLowerCase().split("-")[0];
  return speech.getVoices().find((each) => each.localService && each.lang.toLowerCase().split(/[-_]/)[0] === base);
}

function spoken(answer) {
  return [...answer.querySelectorAll("p")].map((each) => each.textContent.replace(/\s*\[\d+\]/g, "")).join("\n");
}

/** Give an answer a button that reads it, and says so when there is no voice that can. */
export function listenable(turn, { listen, hush, voiceless }) {
  const answer = turn.querySelector(".answer");
  const place = turn.querySelector(".after");
  if (!speech || !answer || !place) return;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "plain listen", textContent: listen });
  const told = document.createElement("span");
  told.className = "meta";
  told.setAttribute("role", "status");
  const quiet = () => {
    button.textContent = listen;
  };
  button.addEventListener("click", () => {
    const reading = button.textContent === hush;
    speech.cancel();
    quiet();
    if (reading) return;
    const voice = voiceFor(answer.lang);
    told.textContent = voice ? "" : voiceless;
    if (!voice) return;
    const words = new SpeechSynthesisUtterance(spoken(answer));
    Object.assign(words, { voice, lang: answer.lang, onend: quiet, onerror: quiet });
    button.textContent = hush;
    speech.speak(words);
  });
  place.append(button, told);
}

addEventListener("pagehide", () => speech?.cancel());
