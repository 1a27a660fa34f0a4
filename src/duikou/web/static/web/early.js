// Runs before the first paint: applies the chosen look, so that a dark page never flashes white.
(function () {
  const root = document.documentElement;
  root.classList.remove("no-js");
  let choice = "auto";
  try {
    choice = localStorage.getItem("duikou-theme") || "auto";
  } catch {
    // storage may be switched off: follow the system
  }
  const dark = choice === "dark" || (choice === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.bsTheme = dark ? "dark" : "light";
  root.dataset.themeChoice = choice;
})();
