// Measures taken inside the page: each function is sent to the browser whole, so it may use nothing from outside itself.

/** Elements that reach beyond the right edge of the screen, unless a parent scrolls them. */
export function spilling() {
  const found = [];
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) {
    found.push(`the page is ${page.scrollWidth} px wide on ${page.clientWidth}`);
  }
  const scrolled = (element) => {
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      const { overflowX, position } = getComputedStyle(at);
      if (overflowX !== 'visible' || at.matches('.skip, .unseen') || position === 'fixed') {
        return true;
      }
    }
    return false;
  };
  for (const element of document.body.querySelectorAll('*')) {
    const { right, width } = element.getBoundingClientRect();
    if (width > 0 && right > page.clientWidth + 1 && !scrolled(element)) {
      found.push(`${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} ends at ${Math.round(right)} px`);
    }
  }
  return found;
}

/** Links, buttons and fields that a screen reader could only call "link" or "button". */
export function nameless() {
  return [...document.querySelectorAll('a[href], button, input, select')]
    .filter((element) => !(element.textContent.trim() || element.getAttribute('aria-label') || element.title
      || (element.labels && element.labels.length > 0)))
    .map((element) => element.outerHTML.slice(0, 80));
}

/** Visible text whose contrast with the ground behind it is below 4.5 to 1 (3 to 1 where large). */
export function illegible() {
  const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const seen = new Map();
  const colourOf = (text) => {
    if (!seen.has(text)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      seen.set(text, { rgb: [r, g, b], a: a / 255 });
    }
    return seen.get(text);
  };
  const over = (top, share, ground) => top.map((value, i) => value * share + ground[i] * (1 - share));
  const light = (rgb) => {
    const [r, g, b] = rgb.map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      layers.unshift(colourOf(getComputedStyle(at).backgroundColor));
    }
    return layers.reduce((ground, layer) => over(layer.rgb, layer.a, ground), [255, 255, 255]);
  };
  const opacityOf = (element) => {
    let opacity = 1;
    for (let at = element; at; at = at.parentElement) {
      opacity *= Number(getComputedStyle(at).opacity);
    }
    return opacity;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || element.closest('.unseen, .skip, noscript, svg, [hidden], dialog:not([open])')) {
      continue;
    }
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    const ink = colourOf(style.color);
    const [high, low] = [light(over(ink.rgb, ink.a * opacityOf(element), ground)), light(ground)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < (large ? 3 : 4.5) - 0.01) {
      found.push(`"${node.textContent.trim().slice(0, 24)}" ${contrast.toFixed(2)}`);
    }
  }
  return found;
}
