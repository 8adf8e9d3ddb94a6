import "../explorer/explorer.css";
import "../explorer/words.css";
import "../explorer/maps.css";
import "../explorer/layout.css";
import "../explorer/print.css";
import "../page/page.css";
import "./model.css";
import type { PageData } from "../../model-page/page-parts.js";
import { createModelPage } from "./model-page.js";

const root = document.querySelector<HTMLElement>("[data-model]")!;
const json = root.querySelector('script[type="application/json"]')!;
const data: PageData = JSON.parse(json.textContent ?? "");
createModelPage(root, data);
