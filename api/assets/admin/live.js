// What the server pushes, and the few things that only a script can do. Every page works without it.
"use strict";

// The server says that something changed; parts of the page that asked for it fetch themselves anew. A page that
// nobody looks at waits until somebody does: what it fetched would count as read.
if (document.querySelector("[data-live]") && "EventSource" in window) {
  const waiting = new Set();
  let stream;

  const tell = () => {
    if (document.hidden) return;
    for (const kind of waiting) {
      document.body.dispatchEvent(new CustomEvent("live-" + kind));
    }
    waiting.clear();
  };
  const everything = () => ["reservations", "messages", "payments", "queue"].forEach((kind) => waiting.add(kind));
  const listen = () => {
    let heard = false;
    stream = new EventSource("/admin/live");
    stream.addEventListener("changed", (event) => {
      for (const kind of event.data.split(" ")) {
        waiting.add(kind);
      }
      tell();
    });
    // The stream broke off and is there again: what was said in between was not heard.
    stream.addEventListener("open", () => {
      if (heard) {
        everything();
        tell();
      }
      heard = true;
    });
  };

  listen();
  document.addEventListener("visibilitychange", tell);
  window.addEventListener("pagehide", () => stream.close());
  // Brought back as it was left: whatever happened meanwhile is not on it.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    everything();
    listen();
    tell();
  });
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

// A link is copied by a press; where the browser does not let us, it is selected for a person to copy.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  source.select();
  try {
    await navigator.clipboard.writeText(source.value);
    button.querySelector("span").textContent = button.dataset.copied;
  } catch {
    // It is selected.
  }
});
