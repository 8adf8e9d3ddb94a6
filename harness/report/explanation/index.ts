export { explanationsView, explanationView } from "./explanation-view.js";
