// Behaviour of the frame: look, menus, phone navigation, dialogs, errors of htmx requests.
// Alpine is the CSP build: components are registered here, templates only name them.

document.addEventListener("alpine:init", () => {
  Alpine.data("theme", () => ({
    choice: document.documentElement.dataset.themeChoice || "auto",

    init() {
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.apply());
    },

    choose(event) {
      this.choice = event.currentTarget.value;
      try {
        localStorage.setItem("duikou-theme", this.choice);
      } catch {
        // storage may be switched off: the choice holds for this page only
      }
      this.apply();
    },

    apply() {
      const system = matchMedia("(prefers-color-scheme: dark)").matches;
      const dark = this.choice === "dark" || (this.choice === "auto" && system);
      document.documentElement.dataset.themeChoice = this.choice;
      document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
      document.dispatchEvent(new CustomEvent("duikou:theme"));
    },

    get isLight() {
      return String(this.choice === "light");
    },
    get isDark() {
      return String(this.choice === "dark");
    },
    get isAuto() {
      return String(this.choice === "auto");
    },
  }));

  Alpine.data("menu", () => ({
    open: false,

    toggle() {
      this.open = !this.open;
    },
    close() {
      this.open = false;
    },
    escape() {
      if (!this.open) return;
      this.open = false;
      this.$root.querySelector("button").focus();
    },
    get expanded() {
      return String(this.open);
    },
  }));
});

// --- navigation on phones: a drawer; the page behind it is inert while it is open
const drawer = document.getElementById("dk-sidebar");
const opener = document.querySelector("[data-drawer-open]");

function setDrawer(open) {
  if (!drawer || !opener) return;
  document.documentElement.classList.toggle("dk-drawer-open", open);
  opener.setAttribute("aria-expanded", String(open));
  document.querySelector(".dk-main").inert = open;
  (open ? drawer.querySelector("a, button") : opener).focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-drawer-open]")) setDrawer(true);
  else if (event.target.closest("[data-drawer-close]")) setDrawer(false);

  // --- dialogs: <button data-dialog="id"> opens <dialog id>, <button data-dialog-close> closes it
  const named = event.target.closest("[data-dialog]");
  if (named) document.getElementById(named.dataset.dialog)?.showModal();
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();

  const copier = event.target.closest("[data-copy]");
  if (copier) navigator.clipboard?.writeText(document.getElementById(copier.dataset.copy).textContent.trim());

  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.documentElement.classList.contains("dk-drawer-open")) setDrawer(false);
  // "/" leads to the search box, unless one is typing
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = document.getElementById("dk-search");
    if (box) {
      event.preventDefault();
      box.focus();
    }
  }
});

matchMedia("(min-width: 992px)").addEventListener("change", (event) => {
  if (event.matches && document.documentElement.classList.contains("dk-drawer-open")) setDrawer(false);
});

// --- a select or date that sends its form at once: <select data-autosubmit>
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
});

// --- signing out forgets the pages that a phone keeps for times without a link; unsent items stay
document.addEventListener("submit", (event) => {
  if (new URL(event.target.action, location.href).pathname.endsWith("/logout/")) window.caches?.delete("duikou-presence");
});

// --- forms that write are sent once
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// --- the error summary takes the focus, so that it is read out first
document.querySelector("[data-error-summary]")?.focus();

// --- empty fields of a search form stay out of the address
document.addEventListener("formdata", (event) => {
  if (event.target.method !== "get") return;
  for (const name of new Set([...event.formData.keys()])) {
    if (event.formData.getAll(name).every((value) => value === "")) event.formData.delete(name);
  }
});

// --- htmx: what cannot be put into its place is shown as a page of its own
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  const answer = ctx.response.raw;
  const signedOut = answer.redirected && new URL(answer.url).pathname !== new URL(ctx.request.action, location.href).pathname;
  const refused = answer.status >= 400 && ctx.select;
  if (!signedOut && !refused) return;
  event.preventDefault();
  if (signedOut) location.reload();
  else location.assign(answer.url);
});

// --- a failed htmx request says so in the status line instead of failing silently
function announce(text) {
  const line = document.getElementById("dk-status");
  if (!line || !text) return;
  line.textContent = text;
  line.hidden = false;
}
document.addEventListener("htmx:response:error", (event) => {
  if (event.detail.ctx.response.status >= 500) announce(document.body.dataset.textFailed);
});
document.addEventListener("htmx:error", () => announce(document.body.dataset.textOffline));

// --- the new number of rows is read out after a list was filtered
document.addEventListener("htmx:after:swap", () => {
  const count = document.querySelector(".dk-list-count");
  const line = document.getElementById("dk-live");
  if (count && line) line.textContent = count.textContent.trim();
});
