/** An element with properties and children; never markup, so that a page's Trusted Types policy has nothing to refuse. */
function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  Object.assign(made, properties);
  made.append(...children);
  return made;
}

/** A link that leaves the page open; what it says of that is for everybody, not only for the eye. */
function away(href, text, words) {
  return make("a", { href, target: "_blank", rel: "noopener" }, text, make("span", { className: "hidden" }, words.tab));
}
