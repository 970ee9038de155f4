// A displayed formula that is too wide for the page is made smaller, within reason; beyond that it scrolls, as does one
// in the text that is wider than its line.
window.addEventListener("load", () => {
  if (!window.MathJax || !MathJax.startup) return;
  MathJax.startup.promise.then(() => {
    for (const formula of document.querySelectorAll('mjx-container[display="true"], .output mjx-container')) {
      const picture = formula.querySelector("svg"), size = picture.getBoundingClientRect();
      const ratio = Math.max(0.7, formula.parentElement.clientWidth / size.width);
      if (ratio < 1) Object.assign(picture.style, { width: `${ratio * size.width}px`, height: `${ratio * size.height}px` });
    }
    for (const formula of document.querySelectorAll('span.math > mjx-container:not([display="true"])')) {
      const line = formula.closest("p, li, dd, dt, td, th, h1, h2, h3, h4") || document.body;
      if (formula.getBoundingClientRect().width > line.clientWidth) formula.classList.add("long");
    }
  });
});
