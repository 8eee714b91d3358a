// Texts and elements. Names from tables reach the page as text nodes, never as HTML.

const SVG = "http://www.w3.org/2000/svg";
let words = {};
let lang = "zh";

function say(key, values) {
  const text = words[key] === undefined ? key : words[key];
  return text.replace(/\{(\w+)\}/g, (all, name) =>
    values && values[name] !== undefined ? String(values[name]) : all);
}

function element(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === "") continue;
    made.append(child.nodeType ? child : document.createTextNode(String(child)));
  }
  return made;
}

function h(tag, attributes, ...children) {
  return element(document.createElement(tag), attributes, children);
}

function s(tag, attributes, ...children) {
  return element(document.createElementNS(SVG, tag), attributes, children);
}

function count(value) {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

function minutesText(tenths) {
  return tenths < 0 ? say("page.no_way") : say("page.minutes", { minutes: (tenths / 10).toFixed(1) });
}

function signedMinutes(tenths) {
  const sign = tenths > 0 ? "+" : tenths < 0 ? "−" : "±";
  return say("page.minutes", { minutes: sign + (Math.abs(tenths) / 10).toFixed(1) });
}

function yuanText(yuan) {
  // 10,000 yuan is the unit Chinese budgets count in; English readers count in millions.
  if (lang === "zh" && yuan) return say("page.yuan", { yuan: count(yuan / 1e4) });
  if (!yuan) return "0";
  const millions = (yuan / 1e6).toFixed(yuan < 1e7 ? 2 : 1);
  return say("page.yuan", { yuan: millions });
}

function pupilsText(pupils) {
  return say(pupils === 1 ? "one.pupils" : "page.pupils", { pupils: count(pupils) });
}
