"use strict";
// Puts what the server has drawn in its place, and tells it what somebody does. All words are escaped by the server.
const $ = (id) => document.getElementById(id);
const look = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const shown = {}, drawn = new WeakMap();
let asked = 0, busy = 0;

async function refresh() {
  const turn = ++asked;
  const answer = await fetch("state?" + new URLSearchParams(look));
  if (!answer.ok || turn !== asked) return;
  const state = await answer.json();
  Object.assign(look, state.look);
  history.replaceState(null, "", "#" + new URLSearchParams(look));
  for (const [id, html] of Object.entries(state.panes)) if (shown[id] !== html) place(id, html);
}

// Only what has changed is put in, so that nothing is read out twice and nobody loses what they hold.
function place(id, html) {
  const pane = $(id), low = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 60, first = shown[id] === undefined;
  shown[id] = html;
  const template = document.createElement("template");
  template.innerHTML = html;
  const next = [...template.content.childNodes], old = [...pane.childNodes];
  for (const each of next) drawn.set(each, each.outerHTML ?? each.textContent);
  const same = (a, b) => a && b && drawn.get(a) === drawn.get(b);
  while (same(old[0], next[0])) old.shift(), next.shift();
  let before = null;
  while (same(old.at(-1), next.at(-1))) before = old.pop(), next.pop();
  const kept = old.flatMap((each) => [...fields(each)]).map((each) => [key(each), each.value]);
  const open = old.flatMap((each) => [...within(each, "details[open]")]).map((each) => key(each.querySelector("button")));
  const focus = old.some((each) => each.contains(document.activeElement)) ? key(document.activeElement) : null;
  old.forEach((each) => each.remove());
  next.forEach((each) => pane.insertBefore(each, before));
  for (const each of next.flatMap((one) => [...fields(one)])) {
    const was = kept.find(([name]) => name === key(each));
    if (was && each.matches("textarea, input:not([type=checkbox], [type=radio], [type=hidden])")) each.value = was[1];
  }
  for (const each of next.flatMap((one) => [...within(one, "details")])) each.open ||= open.includes(key(each.querySelector("button")));
  if (focus) next.flatMap((one) => [...within(one, "button, input, textarea, select, summary")]).find((each) => key(each) === focus)?.focus();
  if ((id === "feed" || id === "thread") && (low || first)) pane.scrollTop = pane.scrollHeight;
  if (id === "modal") html ? pane.open || pane.showModal() : pane.close();
}

const within = (node, selector) => node.querySelectorAll?.(selector) ?? [];
const fields = (node) => within(node, "input, textarea, select");
const key = (each) => each && [each.tagName, each.name, each.dataset.action, each.dataset.value, each.dataset.look, each.dataset.ts,
  each.closest("[data-ts]")?.dataset.ts, each.closest("form")?.dataset.act, each.closest("form")?.thread?.value].join("|");

async function act(name, said = {}) {
  document.body.setAttribute("aria-busy", String(++busy > 0));
  try {
    const answer = await fetch("act", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...said, act: name, look }) });
    const told = await answer.json();
    $("problem").textContent = told.problem || "";
    Object.assign(look, told.look || {});
    await refresh();
    return !told.problem;
  } catch {
    $("problem").textContent = "The demo does not answer. Has it been stopped?";
    return false;
  } finally {
    document.body.setAttribute("aria-busy", String(--busy > 0));
  }
}

async function turn(what, value) {
  look[what] = value;
  if (what === "user" || what === "place") look.thread = "";
  await refresh();
  if (look.place === "home" && (what === "user" || what === "place")) await act("home");
}

function sure({ asks, yes, no }) {
  const dialog = $("asks");
  dialog.querySelector("p").textContent = asks;
  dialog.querySelector("[value=yes]").textContent = yes;
  dialog.querySelector("[value=no]").textContent = no;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

function filled() {
  const values = {};
  for (const each of $("modal").querySelectorAll(".input [data-action]")) {
    const name = each.dataset.action;
    if (each.matches("[type=checkbox]")) values[name] = [...(values[name] || []), ...(each.checked ? [each.value] : [])];
    else if (each.matches("[type=radio]")) { if (each.checked) values[name] = each.value; }
    else if (each.multiple) values[name] = [...each.selectedOptions].map((one) => one.value);
    else if (each.value || each.matches("input, textarea")) values[name] = each.value;
  }
  return values;
}

async function press(element, value) {
  if (element.dataset.asks && !(await sure(element.dataset))) return;
  const said = { action: element.dataset.action, value }, message = element.closest(".message");
  if (element.closest("#modal")) await act("press_in_modal", said);
  else if (element.closest(".home")) await act("press_home", said);
  else if (message) await act("press", { ...said, channel: message.dataset.channel, ts: message.dataset.ts });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { look: what, act: name, action, modal, value, ...said } = button.dataset;
  if (button.closest("#asks")) $("asks").close(button.value);
  else if (what) await turn(what, value || "");
  else if (modal === "close") await act("close");
  else if (modal === "submit") await act("submit", { values: filled() });
  else if (action) await press(button, value ?? null);
  else if (name) { button.disabled = true; await act(name, said); button.disabled = false; }
});

document.addEventListener("change", async (event) => {
  const field = event.target;
  if (field.dataset.look) await turn(field.dataset.look, field.value);
  else if (field.id === "ready" && field.value !== "") {
    const letter = JSON.parse($("letters").textContent)[Number(field.value)], form = field.form;
    form.subject.value = letter.subject;
    form.text.value = letter.text.trimStart();
  } else if (field.matches(".message select, .home select") && field.value) await press(field, field.value);
});

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.id === "whose") return turn("address", form.address.value);
  if (!form.dataset.act) return;
  const said = Object.fromEntries([...new FormData(form)].filter(([, each]) => typeof each === "string"));
  const file = form.file?.files[0];
  if (file) {
    if (file.size > 1048576) { $("problem").textContent = "This file is larger than 1 MB."; return; }
    said.file_name = file.name;
    said.file_content = btoa(Array.from(new Uint8Array(await file.arrayBuffer()), (each) => String.fromCharCode(each)).join(""));
  }
  if (await act(form.dataset.act, said)) for (const each of form.querySelectorAll("textarea, [type=file]")) each.value = "";
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && event.target.matches(".say textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});
$("modal").addEventListener("cancel", (event) => { event.preventDefault(); act("close"); });
new EventSource("events").onmessage = refresh;
if (look.place === "home") act("home");
