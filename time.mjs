import { chromium } from "playwright-core";
const gpuArgs = ["--no-sandbox","--enable-unsafe-webgpu","--use-webgpu-adapter=swiftshader","--enable-features=Vulkan"];
const tag = process.argv[2] ?? "toy";
for (const name of (process.argv[3] ?? "plain,asyncify,jspi,asyncify-gpu,jspi-gpu").split(",")) {
  const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: gpuArgs });
  const p = await b.newPage();
  p.on("console", (m) => console.log("  console", m.text().slice(0, 200)));
  p.on("pageerror", (m) => console.log("  error", String(m).slice(0, 200)));
  const t0 = Date.now();
  await p.goto(`file:///tmp/wg/${tag}-${name}.html`);
  try {
  await p.waitForFunction(() => /ready|cannot|not/.test(document.querySelector(".status")?.textContent ?? ""), null, { timeout: 120000 });
  const open = Date.now() - t0;
  console.log(name, "open", open, await p.textContent(".status"));
  if (!p.isClosed()) for (let k = 0; k < 4; k++) {
    const t = Date.now();
    await p.setInputFiles("#picture", "fixtures/images/" + (k % 2 ? "street.png" : "beach.jpg"));
    await p.waitForFunction(() => document.querySelector("[data-model][aria-busy]"), null, { timeout: 5000 }).catch(() => {});
    await p.waitForFunction(() => document.querySelector("[data-model]:not([aria-busy])"), null, { timeout: 200000 });
    console.log("  ", Date.now() - t, await p.textContent(".said"));
  }
  if (name === "plain") console.log(await p.evaluate(async () => { const a = await navigator.gpu?.requestAdapter(); return a ? JSON.stringify({ fb: a.info?.isFallbackAdapter, v: a.info.vendor, ar: a.info.architecture, sus: "Suspending" in WebAssembly }) : "no adapter" }));
  } catch (e) { console.log(name, String(e).slice(0, 300), await p.textContent(".status")); }
  await b.close();
}
