// node export.js svg|png FOLDER: draws every FOLDER/*.vl.json as a file of that kind beside it, for slides.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, View, Warn } from "vega";
import { compile } from "vega-lite";
import { expressionInterpreter } from "vega-interpreter";
import { look, noLoader } from "./look.js";

const Width = 760;
const [kind, folder] = process.argv.slice(2);

async function svgOf(specification) {
  const sized = { ...specification, width: Width };
  const { spec } = compile(sized, { config: { ...look, background: "white", padding: 16 } });
  const view = new View(parse(spec, null, { ast: true }), {
    expr: expressionInterpreter,
    loader: noLoader,
    logLevel: Warn,
    renderer: "none",
  });
  const text = await view.toSVG();
  view.finalize();
  return text.replaceAll("currentColor", "#1d232b");
}

async function pngOf(svg) {
  const { Resvg } = await import("@resvg/resvg-js");
  const fonts = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((name) =>
    fileURLToPath(new URL(`node_modules/dejavu-fonts-ttf/ttf/${name}`, import.meta.url)),
  );
  const options = {
    fitTo: { mode: "zoom", value: 2 },
    font: { fontFiles: fonts, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" },
  };
  return new Resvg(svg, options).render().asPng();
}

for (const name of readdirSync(folder).filter((each) => each.endsWith(".vl.json")).sort()) {
  const svg = await svgOf(JSON.parse(readFileSync(join(folder, name), "utf8")));
  const file = join(folder, name.replace(/\.vl\.json$/, `.${kind}`));
  writeFileSync(file, kind === "png" ? await pngOf(svg) : svg);
  console.log(file);
}
