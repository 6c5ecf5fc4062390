// What a report's page does by itself: draws its charts, saves them as SVG, tells their numbers, changes its colours.
import { parse, View, Warn } from "vega";
import { compile } from "vega-lite";
import { expressionInterpreter } from "vega-interpreter";
import { Handler } from "vega-tooltip";
import { look, noLoader } from "./look.js";

const tooltip = new Handler({ disableDefaultStyle: true, maxDepth: 1 });

const views = [];

async function draw(figure) {
  const specification = JSON.parse(figure.querySelector("script").textContent);
  const place = figure.querySelector(".drawing");
  const { spec } = compile(specification, { config: look });
  place.textContent = "";
  const view = new View(parse(spec, null, { ast: true }), {
    expr: expressionInterpreter,
    loader: noLoader,
    logLevel: Warn,
    renderer: "svg",
    hover: true,
    container: place,
    bind: figure.querySelector(".choices"),
    tooltip: tooltip.call,
  });
  await view.runAsync();
  views.push(view);
  const drawing = place.querySelector("svg");
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", figure.querySelector("figcaption").textContent);
  for (const label of figure.querySelectorAll(".vega-bind")) {
    const input = label.querySelector("select, input");
    const name = label.querySelector(".vega-bind-name");
    if (input && name) input.setAttribute("aria-label", name.textContent);
  }
  figure.querySelector(".save").addEventListener("click", () => save(view, figure.dataset.name));
  figure.querySelector("details").addEventListener("toggle", (event) => tell(event.target, specification), { once: true });
}

// A file for slides: dark text, whatever the page looks like.
async function save(view, name) {
  const text = (await view.toSVG()).replaceAll("currentColor", "#1d232b");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  link.download = `${name}.svg`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function valuesOf(specification) {
  return Object.values(specification.datasets ?? {})[0] ?? specification.data?.values ?? [];
}

// The numbers behind a chart, built when somebody wants to see them.
function tell(details, specification) {
  const rows = valuesOf(specification);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const table = document.createElement("table");
  const add = (parent, kind, text) => {
    const cell = parent.appendChild(document.createElement(kind));
    cell.textContent = typeof text === "number" ? Number(text.toPrecision(6)) : (text ?? "");
    if (typeof text === "number") cell.className = "number";
  };
  const head = table.createTHead().insertRow();
  for (const column of columns) add(head, "th", column);
  const body = table.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const column of columns) add(line, "td", row[column]);
  }
  const frame = document.createElement("div");
  frame.className = "scroll";
  frame.tabIndex = 0;
  frame.append(table);
  details.append(frame);
}

// Charts are as wide as the window; on paper their text keeps its size only when they are drawn for paper.
const PaperWidth = 650;

function drawForPaper() {
  for (const view of views) {
    view.screenWidth ??= view.signal("width");
    view.signal("width", PaperWidth).run();
  }
}

function drawForScreen() {
  for (const view of views) {
    view.signal("width", view.screenWidth).run();
    delete view.screenWidth;
  }
}

addEventListener("beforeprint", drawForPaper);
addEventListener("afterprint", drawForScreen);

function offerColours() {
  const button = document.querySelector("#colours");
  const dark = () =>
    (document.documentElement.dataset.colours ??
      (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const label = () => (button.textContent = dark() ? "Light" : "Dark");
  button.hidden = false;
  label();
  button.addEventListener("click", () => {
    document.documentElement.dataset.colours = dark() ? "light" : "dark";
    label();
  });
}

offerColours();
for (const figure of document.querySelectorAll("figure.chart"))
  draw(figure).catch((error) => {
    console.error(error);
    figure.querySelector(".drawing").textContent = `This chart could not be drawn: ${error.message}`;
  });
