/* Before the first paint: the chosen colour scheme, so that nothing flashes. */
try {
  const theme = localStorage.getItem("codecourier.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* no storage: the system's scheme */ }
