// What the server pushes, and the few things that only a script can do. Every page works without it.
"use strict";

// The server says that something changed; parts of the page that asked for it fetch themselves anew.
if (document.querySelector("[data-live]") && "EventSource" in window) {
  const stream = new EventSource("/admin/live");
  stream.addEventListener("changed", (event) => {
    for (const kind of event.data.split(" ")) {
      document.body.dispatchEvent(new CustomEvent("live-" + kind));
    }
  });
  window.addEventListener("pagehide", () => stream.close());
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  // A second press asks for nothing new; the server would say the same.
  window.setTimeout(() => {
    for (const button of form.querySelectorAll("button")) {
      button.disabled = true;
    }
  });
});

// Coming back through the browser's history, forms are open again.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form button:disabled")) {
    button.disabled = false;
  }
});

// A choice in a filter is a wish to see it.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) {
    event.target.form.requestSubmit();
  }
});
