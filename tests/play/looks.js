// What somebody cannot read, or cannot find by its name. Plain functions, handed to the page by the tests.
var parts = (color) => color.match(/[\d.]+/g).map(Number);

// https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
var light = (rgb) => rgb.slice(0, 3).map((each) => each / 255)
  .map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
  .reduce((sum, each, place) => sum + each * [0.2126, 0.7152, 0.0722][place], 0);

function behind(each) {
  for (; each; each = each.parentElement) {
    const color = parts(getComputedStyle(each).backgroundColor);
    if (color.length < 4 || color[3] > 0) return color;
  }
  return [255, 255, 255];
}

function unreadable(least) {
  return [...document.querySelectorAll("main *, header *, dialog[open] *")]
    .filter((each) => each.checkVisibility() && !each.closest("svg, option"))
    .filter((each) => [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()))
    .filter((each) => {
      const [dark, bright] = [light(parts(getComputedStyle(each).color)), light(behind(each))].sort((a, b) => a - b);
      return (bright + 0.05) / (dark + 0.05) < least;
    })
    .map((each) => each.outerHTML.slice(0, 120));
}

function nameless() {
  const named = "input:not([type=hidden]), select, textarea, button, summary, [role=log], [role=region]";
  return [...document.querySelectorAll(named)]
    .filter((each) => each.checkVisibility())
    .filter((each) => !each.labels?.length && !each.getAttribute("aria-label") && !each.textContent.trim())
    .map((each) => each.outerHTML.slice(0, 120));
}
