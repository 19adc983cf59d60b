/* What a page owes to who reads it with something else than eyes and a mouse: a list of sentences,
   empty when all is well. Contrasts are those of WCAG 2.2, criterion 1.4.3. */
() => {
  const problems = [];
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const named = (element) => `${element.tagName.toLowerCase()}${element.id ? "#" + element.id : ""} « ${element.textContent.trim().replace(/\s+/g, " ").slice(0, 40)} »`;
  const words = (element) => {
    const copy = element.cloneNode(true);
    all("[aria-hidden=true]", copy).forEach((hidden) => hidden.remove());
    return copy.textContent.trim();
  };
  const name = (element) => element.getAttribute("aria-label")
    || (element.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent.trim() || "").join(" ").trim()
    || (element.labels && [...element.labels].map(words).join(" ").trim())
    || words(element);

  if (document.documentElement.lang !== "fr") problems.push("lang is not fr");
  if (!/ — Fabrique à initiatives$/.test(document.title)) problems.push(`title: ${document.title}`);
  for (const [selector, count] of [["h1", 1], ["main", 1], ["body > header", 1], ["body > footer", 1]]) {
    if (all(selector).length !== count) problems.push(`${all(selector).length} ${selector}`);
  }
  const navigations = all("nav").map(name);
  if (navigations.some((label) => !label) || new Set(navigations).size !== navigations.length) problems.push(`nav: ${navigations}`);

  const ids = all("[id]").map((element) => element.id);
  for (const id of new Set(ids.filter((id, rank) => ids.indexOf(id) !== rank))) problems.push(`id twice: ${id}`);
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "popovertarget", "for"]) {
    for (const element of all(`[${attribute}]`)) {
      for (const id of element.getAttribute(attribute).split(" ")) {
        if (!document.getElementById(id)) problems.push(`${attribute} of ${named(element)} names nothing: ${id}`);
      }
    }
  }
  for (const link of all("main a[href^='#']")) {
    if (!document.getElementById(decodeURIComponent(link.hash.slice(1)))) problems.push(`link to nothing: ${link.hash}`);
  }

  let level = 0;
  for (const heading of all("h1, h2, h3, h4, h5, h6").filter(shown)) {
    const depth = Number(heading.tagName[1]);
    if (depth > level + 1) problems.push(`heading jumps from ${level} to ${depth}: ${named(heading)}`);
    if (!heading.textContent.trim()) problems.push("empty heading");
    level = depth;
  }
  for (const control of all("a[href], button, summary, input:not([type=hidden]), select, textarea")) {
    if (shown(control) && !name(control)) problems.push(`no name: ${named(control)} ${control.name || control.getAttribute("href") || ""}`);
  }
  for (const group of all("fieldset")) {
    if (!group.querySelector(":scope > legend")?.textContent.trim()) problems.push(`fieldset without legend: ${named(group)}`);
  }
  for (const image of all("img, svg:not(svg svg)")) {
    if (!image.hasAttribute("alt") && image.getAttribute("aria-hidden") !== "true" && !name(image) && !image.querySelector("title")) problems.push(`image without words: ${image.outerHTML.slice(0, 80)}`);
  }
  for (const table of all("table")) {
    if (!table.caption && !name(table)) problems.push(`table without caption: ${named(table)}`);
    if (!table.querySelector("th[scope]")) problems.push(`table without header: ${named(table)}`);
  }
  for (const list of all("ul, ol")) {
    if ([...list.children].some((child) => !child.matches("li"))) problems.push(`list with something else than lines: ${named(list)}`);
  }

  const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const painted = (colours) => {
    pixel.clearRect(0, 0, 1, 1);
    for (const colour of colours) { pixel.fillStyle = colour; pixel.fillRect(0, 0, 1, 1); }
    return pixel.getImageData(0, 0, 1, 1).data;
  };
  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const seen = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !shown(element) || element.closest(".vh, [aria-disabled=true], :disabled, svg")) continue;
    const style = getComputedStyle(element);
    const grounds = [];
    let opacity = 1;
    for (let above = element; above; above = above.parentElement) {
      const each = getComputedStyle(above);
      grounds.unshift(each.backgroundColor);
      opacity *= Number(each.opacity);
    }
    const key = [style.color, style.fontSize, style.fontWeight, opacity, ...grounds].join();
    if (seen.has(key)) continue;
    seen.add(key);
    const [light, dark] = [luminance(painted(["Canvas", ...grounds])), luminance(painted(["Canvas", ...grounds, style.color]))].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < needed || opacity < 1) problems.push(`contrast ${contrast.toFixed(2)} (opacity ${opacity}): ${named(element)}`);
  }
  return problems;
}
