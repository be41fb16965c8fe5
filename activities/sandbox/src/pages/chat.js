"use strict";

// The guest's phone. It holds no state but who is writing: every change fetches the thread anew.

const $ = (id) => document.getElementById(id);
const thread = $("thread");
const text = $("text");

const FIRST = { wa_id: "5491122334455", profile_name: "Ana Gómez" };
const IDEAS = [
  "Hola, ¿tenés lugar del 15 al 18 de enero para 4?",
  "¿Cuánto sale un finde para dos?",
  "¿Dónde queda?",
];

const store = {
  read: (key, otherwise) => {
    try { return JSON.parse(localStorage.getItem(key)) ?? otherwise; } catch { return otherwise; }
  },
  write: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* private mode */ } },
};

let guests = store.read("guests", [FIRST]);
let current = decodeURIComponent(location.hash.slice(1)) || store.read("current", FIRST.wa_id);
let drawn = "";

// ------------------------------------------------------------------ talking to the sandbox

async function call(path, options) {
  const response = await fetch(path, options);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error || `El sandbox respondió ${response.status}.`);
  return body;
}

async function send(content) {
  const guest = guestOf(current);
  try {
    await call(`/sandbox/guests/${encodeURIComponent(current)}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ profile_name: guest.profile_name, ...content }),
    });
    await refresh();
  } catch (error) {
    complain(error.message);
  }
}

let refreshing = false;
let stale = false;

async function refresh() {
  if (refreshing) { stale = true; return; }
  refreshing = true;
  try {
    do {
      stale = false;
      const [list, messages] = await Promise.all([
        call("/sandbox/guests"),
        call(`/sandbox/guests/${encodeURIComponent(current)}/messages`),
      ]);
      adopt(list);
      const guest = list.find((guest) => guest.wa_id === current);
      draw(messages, guest?.business_is_typing ?? false, guest?.window_is_open ?? false);
    } while (stale);
  } catch {
    $("presence").textContent = "sin conexión con el sandbox";
  } finally {
    refreshing = false;
  }
}

function follow() {
  let waiting = null;
  const soon = () => { waiting ??= setTimeout(() => { waiting = null; refresh(); }, 60); };
  const changes = new EventSource("/sandbox/changes");
  changes.onmessage = soon;
  changes.onopen = soon;
  // The typing indicator ends by itself, without a change.
  setInterval(soon, 10_000);
}

// ------------------------------------------------------------------ guests

function guestOf(id) {
  return guests.find((guest) => guest.wa_id === id) ?? { wa_id: id, profile_name: "Huésped" };
}

function adopt(known) {
  for (const guest of known) {
    const mine = guests.find((other) => other.wa_id === guest.wa_id);
    if (mine) mine.profile_name = guest.profile_name === "Huésped" ? mine.profile_name : guest.profile_name;
    else guests.push({ wa_id: guest.wa_id, profile_name: guest.profile_name });
  }
  store.write("guests", guests);
  drawGuests();
}

function remember(id) {
  if (!guests.some((guest) => guest.wa_id === id)) guests.push({ wa_id: id, profile_name: "Huésped" });
}

function choose(id) {
  remember(id);
  current = id;
  store.write("current", id);
  history.replaceState(null, "", `#${encodeURIComponent(id)}`);
  drawn = "";
  drawGuests();
  openGuests(false);
  refresh();
}

function drawGuests() {
  const list = $("guest-list");
  list.replaceChildren(...guests.map((guest) => {
    const face = el("span", { class: "face", "aria-hidden": "true" }, initials(guest.profile_name));
    face.style.setProperty("--hue", [...guest.wa_id].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 360, 7));
    const button = el("button", { type: "button", class: "guest" }, face,
      el("span", {}, el("b", {}, guest.profile_name), el("small", {}, pretty(guest.wa_id))));
    if (guest.wa_id === current) button.setAttribute("aria-current", "true");
    button.onclick = () => choose(guest.wa_id);
    return el("li", {}, button);
  }));
  $("who").textContent = guestOf(current).profile_name;
}

function initials(name) {
  return name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0].toUpperCase()).join("") || "?";
}

function pretty(id) {
  const mobile = /^549(11|\d{3})(\d+)(\d{4})$/.exec(id);
  return mobile ? `+54 9 ${mobile[1]} ${mobile[2]}-${mobile[3]}` : /^\d+$/.test(id) ? `+${id}` : id;
}

function openGuests(open) {
  $("guests").classList.toggle("open", open);
  $("open-guests").setAttribute("aria-expanded", String(open));
  if (open) $("close-guests").focus();
}

$("open-guests").onclick = () => openGuests(true);
$("close-guests").onclick = () => { openGuests(false); $("open-guests").focus(); };
$("new-guest").onsubmit = (event) => {
  event.preventDefault();
  const { guest_name: nameField, guest_id: idField } = event.target.elements;
  const typed = idField.value.trim();
  const id = /^[A-Z]{2}\./.test(typed) ? typed : typed.replace(/\D/g, "");
  if (!/^([A-Z]{2}\.[A-Za-z0-9.]+|\d{6,15})$/.test(id)) {
    idField.setCustomValidity("Un teléfono con código de país, o un id como AR.1349");
    idField.reportValidity();
    return;
  }
  const canonical = id.replace(/^54(?!9)(\d{10})$/, "549$1");
  const name = nameField.value.trim() || "Huésped";
  const known = guests.find((guest) => guest.wa_id === canonical);
  if (known) known.profile_name = name;
  else guests.push({ wa_id: canonical, profile_name: name });
  event.target.reset();
  choose(canonical);
  text.focus();
};
$("new-guest").elements.guest_id.oninput = (event) => event.target.setCustomValidity("");

// ------------------------------------------------------------------ drawing the thread

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

function draw(messages, isTyping, isOpen) {
  const presence = isTyping ? "escribiendo…" : isOpen ? "en línea" : "cuenta de empresa";
  if ($("presence").textContent !== presence) $("presence").textContent = presence;
  const now = JSON.stringify([messages, isTyping]);
  if (now === drawn) return;
  drawn = now;
  const atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 120;
  const grew = messages.length !== thread.querySelectorAll("[data-id]").length;
  reconcile(messages);
  thread.querySelector(".typing")?.remove();
  if (isTyping) {
    thread.append(el("div", { class: "typing", role: "img", "aria-label": "La posada está escribiendo" }, el("i"), el("i"), el("i")));
  }
  if (atEnd || grew) thread.scrollTop = thread.scrollHeight;
}

// Only what changed is drawn again: an audio that plays goes on, a screen reader hears the new alone.
function reconcile(messages) {
  const before = new Map([...thread.children].map((node) => [node.dataset.key, node]));
  const wanted = [];
  let day = "";
  for (const message of messages) {
    const today = dayOf(message.timestamp);
    if (today !== day) wanted.push([`day ${today}`, () => el("div", { class: "day" }, today)]);
    day = today;
    const state = `${message.id} ${message.status} ${message.error_code ?? ""}`;
    wanted.push([state, () => turn(message, messages)]);
  }
  if (!messages.length) wanted.push([`welcome ${current}`, welcome]);
  const nodes = wanted.map(([key, make]) => {
    const node = before.get(key) ?? make();
    node.dataset.key = key;
    return node;
  });
  const keep = new Set(nodes);
  for (const node of [...thread.children]) if (!keep.has(node)) node.remove();
  nodes.forEach((node, index) => {
    if (thread.children[index] !== node) thread.insertBefore(node, thread.children[index] ?? null);
  });
}

function welcome() {
  return el("div", { class: "welcome" },
    el("p", {}, `Sos ${guestOf(current).profile_name}. Escribile a la posada, o empezá con algo de esto:`),
    ...IDEAS.map((idea) => {
      const button = el("button", { type: "button", class: "answer" }, idea);
      button.onclick = () => send({ text: idea });
      return button;
    }));
}

function turn(message, messages) {
  const isGuest = message.from === "guest";
  const answers = isGuest ? [] : answersOf(message);
  const node = el("article", {
    class: `turn ${isGuest ? "guest-side" : ""} ${answers.length ? "with-answers" : ""} ${message.status === "failed" ? "failed" : ""}`,
    "data-id": message.id,
    "aria-label": isGuest ? "Vos" : "Posada",
  });
  node.append(bubble(message, messages));
  if (answers.length && message.status !== "failed") node.append(el("div", { class: "answers" }, ...answers));
  if (message.status === "failed") {
    node.append(el("p", { class: "failed-note" }, `No llegó al huésped (código ${message.error_code}).`));
  }
  return node;
}

function bubble(message, messages) {
  const node = el("div", { class: "bubble" });
  const quoted = message.context_id && messages.find((other) => other.id === message.context_id);
  if (quoted && message.type !== "reaction") node.append(el("div", { class: "quote" }, gist(quoted)));
  if (message.template) node.append(el("span", { class: "badge" }, `plantilla ${message.template}`));
  if (message.header) node.append(el("p", { class: "headline" }, message.header));
  if (message.media) node.append(medium(message));
  if (message.location) node.append(place(message.location));
  if (message.emoji) node.append(el("p", {}, `${message.emoji} a «${quoted ? gist(quoted) : "un mensaje"}»`));
  if (message.text) node.append(formatted(message.text));
  const isEmpty = !message.media && !message.location && !message.emoji && !message.text;
  if (isEmpty) node.append(el("p", { class: "odd" }, `Mensaje de tipo «${message.type}»`));
  if (message.footer) node.append(el("p", { class: "foot" }, message.footer));
  node.append(meta(message));
  return node;
}

function gist(message) {
  return message.text?.replace(/[*_~`]/g, "") || { image: "Foto", audio: "Nota de voz", location: "Ubicación", video: "Video", document: "Archivo" }[message.type] || message.type;
}

function medium(message) {
  const { url, mime, filename } = message.media;
  if (message.type === "image" || message.type === "sticker") {
    const image = el("img", { src: url, alt: message.text ? "" : "Foto", loading: "lazy" });
    image.onload = () => { if (thread.lastElementChild?.contains(image)) thread.scrollTop = thread.scrollHeight; };
    image.onerror = () => image.replaceWith(el("span", { class: "odd" }, "La foto no se pudo cargar"));
    const button = el("button", { type: "button", class: "photo", "aria-label": "Ampliar la foto" }, image);
    button.onclick = () => {
      $("viewer-image").src = url;
      $("viewer-image").alt = message.text || "Foto";
      $("viewer").showModal();
    };
    return button;
  }
  if (message.type === "audio") return el("audio", { controls: "", preload: "metadata", src: url, "aria-label": "Nota de voz" });
  return el("p", {}, el("a", { href: url, target: "_blank", rel: "noopener" }, filename || mime || "Archivo"));
}

function place({ latitude, longitude, name, address }) {
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=15/${latitude}/${longitude}`;
  return el("a", { class: "place", href: map, target: "_blank", rel: "noopener" },
    el("span", { "aria-hidden": "true" }, icon("pin")),
    el("span", {}, el("b", {}, name || "Ubicación"), el("small", {}, address || `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`)));
}

function answersOf(message) {
  const answers = (message.buttons ?? []).map((button) => {
    const node = el("button", { type: "button", class: "answer" }, icon("reply"), button.title);
    node.onclick = () => send({ button: button.id, context_id: message.id });
    return node;
  });
  if (message.rows) {
    const node = el("button", { type: "button", class: "answer", "aria-haspopup": "dialog" }, icon("list"), message.list_button);
    node.onclick = () => openSheet(message);
    answers.push(node);
  }
  if (message.link) {
    answers.push(el("a", { class: "answer", href: message.link.url, target: "_blank", rel: "noopener" }, icon("out"), message.link.title));
  }
  return answers;
}

function openSheet(message) {
  $("sheet-title").textContent = message.list_button;
  const rows = $("sheet-rows");
  rows.replaceChildren();
  let section;
  for (const row of message.rows) {
    if (row.section && row.section !== section) rows.append(el("h3", {}, row.section));
    section = row.section;
    const button = el("button", { type: "button", class: "row" },
      el("span", {}, el("b", {}, row.title), row.description ? el("small", {}, row.description) : null), el("i", { "aria-hidden": "true" }));
    button.onclick = () => { $("sheet").close(); send({ button: row.id, context_id: message.id }); };
    rows.append(button);
  }
  $("sheet").showModal();
  rows.querySelector("button").focus();
  // The sheet rises from the phone's edge, wherever the phone stands.
  const phone = thread.getBoundingClientRect();
  const below = window.innerHeight - $("composer").getBoundingClientRect().bottom;
  Object.assign($("sheet").style, { left: `${phone.left}px`, width: `${phone.width}px`, bottom: `${below}px` });
}

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
}

function meta(message) {
  const time = new Date(message.timestamp * 1000);
  const node = el("div", { class: "meta" }, el("time", { datetime: time.toISOString() },
    time.toLocaleTimeString("es-AR", { hour: "2-digit", minute: "2-digit", hour12: false })));
  const [name, label, look] = {
    accepted: ["clock", "aceptado", ""],
    sent: ["one", "enviado", ""],
    delivered: ["two", "entregado", ""],
    read: ["two", "leído", "seen"],
    failed: ["clock", "no entregado", "bad"],
  }[message.status];
  node.append(el("span", { class: look, role: "img", "aria-label": label, title: label }, icon(name)));
  return node;
}

function dayOf(seconds) {
  const date = new Date(seconds * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return "Hoy";
  if (days === 1) return "Ayer";
  return date.toLocaleDateString("es-AR", { weekday: "long", day: "numeric", month: "long" });
}

// WhatsApp's own marks and links, as nodes and never as HTML.
function formatted(source) {
  const marks = /(https?:\/\/[^\s<>]+[^\s<>.,;:!?)\]"'])|```([\s\S]+?)```|(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])|(?<![\w_])_(\S(?:[^_\n]*\S)?)_(?![\w_])|(?<![\w~])~(\S(?:[^~\n]*\S)?)~(?![\w~])/g;
  const inline = (piece) => {
    const nodes = [];
    let from = 0;
    for (const match of piece.matchAll(marks)) {
      nodes.push(piece.slice(from, match.index));
      const [all, url, code, bold, italic, struck] = match;
      if (url) nodes.push(el("a", { href: url, target: "_blank", rel: "noopener" }, url));
      else if (code) nodes.push(el("code", {}, code));
      else if (bold) nodes.push(el("strong", {}, ...inline(bold)));
      else if (italic) nodes.push(el("em", {}, ...inline(italic)));
      else nodes.push(el("s", {}, ...inline(struck)));
      from = match.index + all.length;
    }
    nodes.push(piece.slice(from));
    return nodes;
  };
  return el("p", {}, ...inline(source));
}

// ------------------------------------------------------------------ writing

$("composer").onsubmit = (event) => {
  event.preventDefault();
  const body = text.value.trim();
  if (!body) return;
  text.value = "";
  grow();
  send({ text: body });
};
text.onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
};
text.oninput = grow;

function grow() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
}

const menu = $("attach-menu");

function openMenu(open) {
  menu.hidden = !open;
  $("attach").setAttribute("aria-expanded", String(open));
  if (open) menu.firstElementChild.focus();
}

$("attach").onclick = () => openMenu(menu.hidden);
document.addEventListener("click", (event) => {
  if (!event.target.closest(".attach")) openMenu(false);
  if (!event.target.closest("#guests, #open-guests")) openGuests(false);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (!menu.hidden) { openMenu(false); $("attach").focus(); }
  openGuests(false);
});
menu.onkeydown = (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...menu.children];
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
};
menu.onclick = (event) => {
  const kind = event.target.closest("button")?.dataset.attach;
  if (!kind) return;
  openMenu(false);
  if (kind === "location") send({ location: { latitude: -34.6037, longitude: -58.3816, name: "Obelisco", address: "Buenos Aires" } });
  else if (kind === "sample") sendSample();
  else $(`${kind}-file`).click();
};

async function sendSample() {
  const answer = await fetch("/sandbox/assets/voice-note.ogg");
  send({ audio: await base64(await answer.blob()), mime: "audio/ogg; codecs=opus" });
}

$("image-file").onchange = (event) => attach(event.target, "image", "image/jpeg");
$("audio-file").onchange = (event) => attach(event.target, "audio", "audio/ogg; codecs=opus");

async function attach(input, kind, otherwise) {
  const [file] = input.files;
  input.value = "";
  if (!file) return;
  const isNote = /\.(ogg|opus|oga)$/i.test(file.name);
  send({ [kind]: await base64(file), mime: isNote ? "audio/ogg; codecs=opus" : file.type || otherwise });
}

function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

// Phones send Ogg with Opus; a browser that cannot record it offers the file alone.
const NOTE = "audio/ogg;codecs=opus";
let recorder = null;
if (window.MediaRecorder?.isTypeSupported(NOTE) && navigator.mediaDevices) {
  $("record").hidden = false;
  $("record").onclick = async () => {
    if (recorder) { recorder.stop(); return; }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const parts = [];
      recorder = new MediaRecorder(stream, { mimeType: NOTE });
      recorder.ondataavailable = (event) => parts.push(event.data);
      recorder.onstop = async () => {
        stream.getTracks().forEach((track) => track.stop());
        recorder = null;
        $("record").setAttribute("aria-pressed", "false");
        send({ audio: await base64(new Blob(parts)), mime: "audio/ogg; codecs=opus" });
      };
      recorder.start();
      $("record").setAttribute("aria-pressed", "true");
    } catch {
      complain("El navegador no dejó usar el micrófono.");
    }
  };
}

let complaint = null;

function complain(message) {
  clearTimeout(complaint);
  $("notice").textContent = message;
  $("notice").hidden = false;
  complaint = setTimeout(() => { $("notice").hidden = true; }, 6000);
}

window.onhashchange = () => {
  const id = decodeURIComponent(location.hash.slice(1));
  if (id && id !== current) choose(id);
};

remember(current);
drawGuests();
follow();
refresh();
