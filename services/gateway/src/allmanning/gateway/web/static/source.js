// The link to a passage ends in #citat; a page opened without it still shows the passage.
if (!location.hash) {
  document.getElementById("citat")?.scrollIntoView({ block: "center" });
}
