// The link to a passage ends in #citat; a page opened without it still shows the passage.
import { markedLine } from "./marked_line.js";

const cited = document.getElementById("citat");
const picture = cited?.querySelector("img");

if (!location.hash) cited?.scrollIntoView({ block: "center" });
if (picture) {
  const line = await markedLine(picture);
  const { top, height } = picture.getBoundingClientRect();
  const place = top + line * height;
  if (line && (place < 0 || place > window.innerHeight * 0.75)) window.scrollBy(0, place - window.innerHeight / 3);
}
