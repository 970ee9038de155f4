// A displayed formula that is too wide for the page is made smaller, within reason; beyond that it scrolls, as does one
// in the text that is wider than its line.  A comma, a full stop or a bracket after a formula stays on its line.
window.addEventListener("load", () => {
  if (!window.MathJax || !MathJax.startup) return;
  MathJax.startup.promise.then(() => {
    for (const formula of document.querySelectorAll('mjx-container[display="true"], .output mjx-container')) {
      const picture = formula.querySelector("svg"), size = picture.getBoundingClientRect();
      const ratio = Math.max(0.7, formula.parentElement.clientWidth / size.width);
      if (ratio >= 1) continue;
      formula.style.minWidth = "0"; // one with a number has a least width of its own
      const width = `${ratio * size.width}px`;
      Object.assign(picture.style, { width, minWidth: width, height: `${ratio * size.height}px` });
    }
    for (const formula of document.querySelectorAll('span.math > mjx-container:not([display="true"])')) {
      const line = formula.closest("p, li, dd, dt, td, th, h1, h2, h3, h4") || document.body;
      keepTogether(formula.parentElement);
      if (formula.parentElement.getBoundingClientRect().width > line.clientWidth) formula.classList.add("long");
    }
  });
});

// What stands right after a formula and ends at a blank: it goes into the formula's element, in which no line ends.
function keepTogether(element) {
  const after = element.nextSibling;
  const end = after && after.nodeType === Node.TEXT_NODE ? after.data.match(/^[.,:;)\]?!’”]+/) : null;
  if (!end) return;
  after.data = after.data.slice(end[0].length);
  element.append(end[0]);
  element.classList.add("kept");
}
