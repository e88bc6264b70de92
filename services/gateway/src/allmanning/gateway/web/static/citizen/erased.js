import { forget } from "./kept.js";

// The page says that the browser has forgotten the conversation; this makes it true.
forget(document.getElementById("erased").dataset.authority);
