(function () {
  "use strict";
  var root = document.documentElement;
  var button = document.getElementById("theme");
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function stored() { try { return localStorage.getItem("malar-theme"); } catch (e) { return null; } }
  function keep(theme) { try { localStorage.setItem("malar-theme", theme); } catch (e) { return; } }
  function now() { return root.dataset.theme || (dark.matches ? "dark" : "light"); }
  function show() { button.textContent = now() === "dark" ? "Light page" : "Dark page"; }
  var chosen = stored();
  if (chosen === "dark" || chosen === "light") { root.dataset.theme = chosen; }
  button.hidden = false;
  show();
  dark.addEventListener("change", show);
  button.addEventListener("click", function () {
    root.dataset.theme = now() === "dark" ? "light" : "dark";
    keep(root.dataset.theme);
    show();
  });
})();
