// How all charts look, on the page and in files. Text and lines take the colour of their surroundings, so that a page
// can change from light to dark without drawing anything again.
export const look = {
  background: null,
  font: "DejaVu Sans, system-ui, sans-serif",
  padding: 4,
  view: { stroke: null },
  axis: {
    labelColor: "currentColor",
    titleColor: "currentColor",
    domainColor: "currentColor",
    tickColor: "currentColor",
    gridColor: "currentColor",
    domainOpacity: 0.5,
    tickOpacity: 0.5,
    gridOpacity: 0.14,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelLimit: 300,
    labelOverlap: true,
    labelSeparation: 4,
  },
  axisY: { titlePadding: 14 },
  legend: {
    labelColor: "currentColor",
    titleColor: "currentColor",
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    labelLimit: 260,
  },
  title: { color: "currentColor", fontSize: 13, fontWeight: "normal", anchor: "start", offset: 10 },
  text: { color: "currentColor" },
  rule: { color: "currentColor" },
  bar: { color: "#3b82c4" },
  line: { strokeWidth: 2 },
  range: {
    category: ["#3b82c4", "#e0822f", "#3aa176", "#c7547b", "#8a6fd1", "#a08a2c", "#35a7bd", "#b0573b"],
    heatmap: { scheme: "viridis" },
    ramp: { scheme: "viridis" },
    // The ends of the scheme are lost on dark and on light pages.
    ordinal: { scheme: "viridis", extent: [0.25, 0.95] },
  },
};

// Nothing is ever fetched: all data stand in the specification.
export const noLoader = {
  load: () => Promise.reject(new Error("charts fetch nothing")),
  sanitize: () => Promise.reject(new Error("charts fetch nothing")),
  http: () => Promise.reject(new Error("charts fetch nothing")),
  file: () => Promise.reject(new Error("charts fetch nothing")),
};
