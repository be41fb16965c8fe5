// Walks the owner's pages as a person would: in a browser, in every role, at a desk and on a phone.
//
// Every page must answer, load without an error, fit its screen, and be free of serious findings of axe.
// What it is told comes from its environment; `make test-pages` starts Posada and runs it.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.POSADA_BROWSER, "package.json"));
const { chromium } = require("playwright-core");
const axe = require("axe-core").source;

const { POSADA_URL, POSADA_SANDBOX_URL, POSADA_OPERATOR_TOKEN, POSADA_OWNER, POSADA_OWNER_PASSWORD } = process.env;
const shots = process.env.POSADA_SCREENSHOTS;
// What the documentation shows: what fits the screen, small.
const pictures = process.env.POSADA_PICTURES;
const SHOWN = ["today", "calendar", "reservations-one", "conversations-one", "queue", "accommodations-one-", "reports"];
const problems = [];
let checks = 0;

const SCREENS = { desk: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } };
const PASSWORD = `walks-${Math.random().toString(36).slice(2)}-in-the-woods`;
const PEOPLE = {
  owner: { email: POSADA_OWNER, password: POSADA_OWNER_PASSWORD },
  staff: { email: "beto@posada.example", password: PASSWORD, name: "Beto Ruiz", role: "staff" },
  reader: { email: "carla@posada.example", password: PASSWORD, name: "Carla Paz", role: "read_only" },
};

function wrong(what) {
  problems.push(what);
  console.log(`  WRONG ${what}`);
}

async function api(path, body, token = POSADA_OPERATOR_TOKEN) {
  const answer = await fetch(`${POSADA_URL}/api/v1${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(said)}`);
  return said;
}

function day(ahead) {
  return new Date(Date.now() - 3 * 3600e3 + ahead * 86400e3).toISOString().slice(0, 10);
}

async function eventually(what, ask) {
  const until = Date.now() + 60e3;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > until) throw new Error(`${what} did not come true`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

// Some life to look at: stays, a hold, a conversation.
async function furnish() {
  const { items } = await api("/accommodations");
  const { id: webhook } = await api("/webhooks/endpoints", { name: "Contabilidad", url: `${POSADA_SANDBOX_URL}/sandbox/receivers/walk` });
  const wishes = [
    [0, 0, 4, "Ana Gómez", true], [0, 4, 7, "Bruno Díaz", true], [1, 1, 6, "Família Souza", true],
    [2, 3, 9, "John Smith", false], [1, 8, 12, "Lucía Fernández", true], [2, 10, 13, "Marta Ibáñez", false],
  ];
  const codes = [];
  for (const [cabin, from, to, name, paid] of wishes) {
    const placed = await fetch(`${POSADA_URL}/api/v1/reservations`, {
      method: "POST",
      headers: { authorization: `Bearer ${POSADA_OPERATOR_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({
        accommodation_id: items[cabin].id, check_in: day(from), check_out: day(to), guests: 2,
        guest: { name, phone: `+54911${22000000 + codes.length}` },
      }),
    });
    const said = await placed.json();
    if (!placed.ok) { console.log(`  (no stay for ${name}: ${said.code})`); continue; }
    codes.push(said.code);
    if (paid) {
      await api(`/reservations/${said.code}/confirm`, { amount: said.deposit.centavos, reason: "transferencia vista en el banco" });
    }
  }
  // A channel's calendar, with a stay of its own and one over nights that are sold.
  const stay = (uid, from, to) => `BEGIN:VEVENT\r\nUID:${uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:${day(from).replaceAll("-", "")}\r\nDTEND;VALUE=DATE:${day(to).replaceAll("-", "")}\r\nSUMMARY:Reserved\r\nEND:VEVENT\r\n`;
  const calendar = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//walk//EN\r\n${stay("walk-1@airbnb.com", 20, 24)}${stay("walk-2@airbnb.com", 1, 3)}END:VCALENDAR\r\n`;
  const channel = `${POSADA_SANDBOX_URL}/sandbox/feeds/walk.ics`;
  await fetch(channel, { method: "PUT", body: calendar });
  const { id: feed } = await api("/ical/feeds", { accommodation_id: items[0].id, channel: "airbnb", url: channel });
  await api("/ical/exports", { accommodation_id: items[0].id, channel: "booking" });
  const conflict = await eventually("the channel's calendar clashes", async () => {
    const found = await api("/ical/conflicts?state=open");
    return found.items[0]?.id;
  });
  const guest = `${POSADA_SANDBOX_URL}/sandbox/guests/5491144445555/messages`;
  for (const text of ["Hola, ¿tenés lugar del 15 al 18 de enero para 4?", "quiero hablar con una persona"]) {
    const sent = await fetch(guest, {
      method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ text, profile_name: "Sofía Quiroga" }),
    });
    if (!sent.ok) console.log(`  (the guest could not write: ${sent.status} ${await sent.text()})`);
  }
  return { code: codes[0], feed, conflict, webhook };
}

async function signIn(context, person) {
  const page = await context.newPage();
  await page.goto(`${POSADA_URL}/admin/login`);
  await page.fill("input[name=email]", person.email);
  await page.fill("input[name=password]", person.password);
  await page.click("button");
  await page.waitForURL(`${POSADA_URL}/admin`);
  return page;
}

async function inspect(page, where) {
  checks += 1;
  // A phone widens its window to what overflows, so the window cannot tell.
  const wide = await page.evaluate(() => document.documentElement.scrollWidth) - page.viewportSize().width;
  if (wide > 1) wrong(`${where}: ${wide} pixels wider than its screen`);
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  for (const finding of found.violations) {
    const serious = ["serious", "critical"].includes(finding.impact);
    const line = `${where}: ${finding.id} (${finding.impact}): ${finding.help}: ${finding.nodes.slice(0, 2).map((it) => it.html.slice(0, 140)).join(" | ")}`;
    if (serious) wrong(line); else console.log(`  note ${line}`);
  }
}

async function visit(page, path, where) {
  const errors = [];
  const note = (text) => errors.push(text);
  page.on("pageerror", (error) => note(String(error)));
  page.on("console", (message) => message.type() === "error" && note(message.text()));
  const answer = await page.goto(`${POSADA_URL}${path}`);
  if (!answer || answer.status() !== 200) wrong(`${where}: answered ${answer?.status()}`);
  await page.evaluate(() => document.fonts.ready);
  await inspect(page, where);
  for (const error of errors) wrong(`${where}: ${error}`);
  page.removeAllListeners("pageerror");
  page.removeAllListeners("console");
  if (shots) await page.screenshot({ path: join(shots, `${where.replaceAll(/[^a-z0-9]+/gi, "-")}.png`), fullPage: true });
  await picture(page, where.replaceAll(/[^a-z0-9_]+/gi, "-"));
}

// WebP, which the browser writes and the automation does not offer.
async function picture(page, name) {
  const [who, screen, ...shown] = name.split("-");
  if (!pictures || who !== "owner" || !SHOWN.includes(shown.join("-"))) return;
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 72 });
  writeFileSync(join(pictures, `${shown.join("-").replace(/-$/, "")}-${screen}.webp`), Buffer.from(data, "base64"));
  await session.detach();
}

async function addTeam(page) {
  for (const person of Object.values(PEOPLE).filter((it) => it.role)) {
    await page.goto(`${POSADA_URL}/admin/team`);
    const form = page.locator("form[action='/admin/team']");
    await form.locator("[name=name]").fill(person.name);
    await form.locator("[name=email]").fill(person.email);
    await form.locator("[name=role]").selectOption(person.role);
    await form.locator("[name=password]").fill(person.password);
    await form.locator("button").click();
    await page.waitForURL(/done=member/);
  }
}

async function walk(browser, who, screen, { code, guest, place, feed, conflict, webhook }) {
  const context = await browser.newContext({
    viewport: SCREENS[screen], colorScheme: screen === "phone" && who === "staff" ? "dark" : "light",
    isMobile: screen === "phone", locale: "es-AR", reducedMotion: "reduce",
  });
  const page = await signIn(context, PEOPLE[who]);
  const daily = ["", "/calendar", "/calendar?view=month", "/reservations", `/reservations/${code}`, "/conversations",
    `/conversations/${guest}`, "/queue", "/channels", `/channels/${feed}`, `/conflicts/${conflict}`, "/reports", "/accommodations", `/accommodations/${place}?check_in=${day(60)}&check_out=${day(63)}&guests=2`, "/account", "/more"];
  const paths = who === "owner" ? [...daily, `/channels/add?accommodation=${place}`, "/accommodations/new", "/team", "/tokens", "/data", "/webhooks", `/webhooks/${webhook}`, "/trail", "/trail?act=user.", "/settings", "/settings/texts", "/settings/texts?language=pt&part=labels", "/settings/texts/es/read_back", "/settings/holidays", "/settings/templates", "/account/second-factor"] : [...daily];
  if (who !== "reader") paths.push(`/reservations/new?accommodation=${place}&check_in=${day(60)}&check_out=${day(63)}&guests=2`);
  for (const path of paths) {
    const name = path.replace(code, "one").replace(guest, "one").replace(place, "one").replace(feed, "one").replace(webhook, "one").replace(`conflicts/${conflict}`, "conflicts/one").replace(/check_in.*/, "") || "/today";
    await visit(page, `/admin${path}`, `${who} ${screen} ${name}`);
  }
  await context.close();
}

// What staff write arrives on the guest's phone.
async function answer(browser, guest) {
  const context = await browser.newContext({ viewport: SCREENS.phone });
  const page = await signIn(context, PEOPLE.staff);
  await page.goto(`${POSADA_URL}/admin/conversations/${guest}`);
  const words = "Hola Sofía, soy Beto: te ayudo con las fechas.";
  await page.fill("textarea[name=text]", words);
  await page.click("form[action$='/answer'] button");
  await page.waitForURL(/done=sent/);
  await eventually("the guest reads what Beto wrote", async () => {
    const thread = await fetch(`${POSADA_SANDBOX_URL}/sandbox/guests/5491144445555/messages?after=0`);
    return (await thread.text()).includes(words);
  });
  await page.getByText("Leído").last().waitFor({ timeout: 30e3 });
  checks += 1;
  await context.close();
}

// Who calls is quoted, and their nights are held.
async function byHand(browser, place) {
  const context = await browser.newContext({ viewport: SCREENS.phone });
  const page = await signIn(context, PEOPLE.staff);
  await page.goto(`${POSADA_URL}/admin/reservations/new?accommodation=${place}&check_in=${day(80)}&check_out=${day(84)}&guests=2`);
  await page.fill("input[name=name]", "Quien Llama");
  await page.click("form[action='/admin/reservations'] button");
  await page.waitForURL(/\/admin\/reservations\/RES.*done=held/);
  await page.getByText("Quien Llama").first().waitFor({ timeout: 10e3 });
  checks += 1;
  await context.close();
}

// What the owner writes in place of a text of ours is what the next guest reads.
async function ownWords(browser) {
  const context = await browser.newContext({ viewport: SCREENS.desk });
  const page = await signIn(context, PEOPLE.owner);
  await page.goto(`${POSADA_URL}/admin/settings/texts/es/thanks`);
  await page.fill("textarea[name=source]", "¡Un placer, che!");
  await page.click("button[value=preview]");
  await page.locator(".said", { hasText: "¡Un placer, che!" }).waitFor({ timeout: 10e3 });
  await inspect(page, "owner desk a text's preview");
  await page.click("button[value=save]");
  await page.waitForURL(/done=saved/);
  const guest = `${POSADA_SANDBOX_URL}/sandbox/guests/5491144446666/messages`;
  await fetch(guest, {
    method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: "gracias", profile_name: "Tomás" }),
  });
  await eventually("a guest reads the owner's words", async () => (await (await fetch(`${guest}?after=0`)).text()).includes("¡Un placer, che!"));
  checks += 1;
  await context.close();
}

// The second step is offered, and its page is fit to be read.
async function secondStep(browser) {
  const context = await browser.newContext({ viewport: SCREENS.phone, isMobile: true });
  const page = await signIn(context, PEOPLE.reader);
  await page.goto(`${POSADA_URL}/admin/account/second-factor`);
  await page.fill("input[name=password]", PEOPLE.reader.password);
  await page.click("form[action='/admin/account/second-factor'] button");
  await page.locator(".qr svg").waitFor({ timeout: 10e3 });
  await inspect(page, "reader phone the second step's picture");
  if (shots) await page.screenshot({ path: join(shots, "reader-phone-second-step.png"), fullPage: true });
  await context.close();
}

// A page that is open shows a hold that somebody makes elsewhere.
async function livePage(browser) {
  const context = await browser.newContext({ viewport: SCREENS.desk });
  const page = await signIn(context, PEOPLE.reader);
  await page.goto(`${POSADA_URL}/admin/reservations`);
  const streaming = page.waitForResponse((answer) => answer.url().endsWith("/admin/live"), { timeout: 20e3 }).catch(() => null);
  await page.reload();
  await streaming;
  const { items } = await api("/accommodations");
  const began = Date.now();
  const { code } = await api("/reservations", {
    accommodation_id: items[0].id, check_in: day(40), check_out: day(43), guests: 2, guest: { name: "Recién Llegada", phone: "+5491133334444" },
  });
  const held = Date.now();
  await page.getByText(code).waitFor({ timeout: 30e3 });
  console.log(`  a hold was on the open page ${Date.now() - held} ms after its answer (${held - began} ms)`);
  checks += 1;
  await context.close();
}

// A page that nobody looks at does not mark what arrives as read; once somebody looks, it shows it.
async function unattended(browser, guest) {
  const context = await browser.newContext({ viewport: SCREENS.desk });
  await context.addInitScript(() => {
    window.away = false;
    Object.defineProperty(document, "hidden", { get: () => window.away });
  });
  const page = await signIn(context, PEOPLE.staff);
  await page.goto(`${POSADA_URL}/admin/conversations/${guest}`);
  await page.evaluate(() => { window.away = true; });
  let fetched = 0;
  page.on("request", (request) => { if (request.url().includes(`/conversations/${guest}?page=`)) fetched += 1; });
  const heard = page.waitForEvent("console", { predicate: (it) => it.text() === "heard", timeout: 30e3 });
  await page.evaluate(() => new EventSource("/admin/live").addEventListener("changed", (event) => {
    if (event.data.includes("messages")) console.log("heard");
  }));
  await page.waitForResponse((answer) => answer.url().endsWith("/admin/live"), { timeout: 5e3 }).catch(() => null);
  await fetch(`${POSADA_SANDBOX_URL}/sandbox/guests/5491144445555/messages`, {
    method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: "¿Hay alguien?", profile_name: "Sofía Quiroga" }),
  });
  await heard;
  if (fetched > 0) wrong(`a page that nobody looked at was fetched ${fetched} times`);
  await page.evaluate(() => { window.away = false; document.dispatchEvent(new Event("visibilitychange")); });
  await page.getByText("¿Hay alguien?").waitFor({ timeout: 20e3 });
  checks += 2;
  await context.close();
}

// From the keyboard alone, the first stop leads past the menu.
async function keyboard(browser) {
  const context = await browser.newContext({ viewport: SCREENS.desk });
  const page = await signIn(context, PEOPLE.staff);
  await page.goto(`${POSADA_URL}/admin`);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const focused = await page.evaluate(() => document.activeElement?.id);
  if (focused !== "content") wrong(`the skip link leads to ${focused}`);
  checks += 1;
  await context.close();
}

for (const folder of [shots, pictures]) if (folder) mkdirSync(folder, { recursive: true });
// The browser that the machine has; none is ever downloaded.
function installed() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const places = process.env.PATH.split(":").flatMap((folder) => names.map((name) => join(folder, name)));
  return process.env.POSADA_CHROMIUM ?? places.find((place) => existsSync(place));
}

const browser = await chromium.launch({ executablePath: installed(), args: ["--no-sandbox"] });
try {
  const { code, feed, conflict, webhook } = await furnish();
  const place = (await api("/accommodations")).items[1].id;
  const context = await browser.newContext({ viewport: SCREENS.desk, locale: "es-AR" });
  const door = await context.newPage();
  await visit(door, "/admin/login", "nobody desk login");
  await door.close();
  const owner = await signIn(context, PEOPLE.owner);
  await addTeam(owner);
  const guest = await eventually("a conversation to look at", async () => {
    await owner.goto(`${POSADA_URL}/admin/conversations`);
    const link = owner.locator(".inbox a", { hasText: "Sofía Quiroga" }).first();
    return (await link.count()) ? (await link.getAttribute("href")).split("/").pop() : null;
  });
  await context.close();
  for (const who of Object.keys(PEOPLE)) {
    for (const screen of Object.keys(SCREENS)) {
      console.log(`${who}, ${screen}`);
      await walk(browser, who, screen, { code, guest, place, feed, conflict, webhook });
    }
  }
  await answer(browser, guest);
  await byHand(browser, place);
  await ownWords(browser);
  await secondStep(browser);
  await livePage(browser);
  await unattended(browser, guest);
  await keyboard(browser);
} catch (error) {
  wrong(String(error?.stack ?? error));
} finally {
  await browser.close();
}
console.log(`\n${checks} checks, ${problems.length} wrong`);
process.exit(problems.length ? 1 : 0);
