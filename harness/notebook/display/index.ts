export { showProgress, trackProgress } from "./display-progress.js";
export {
  type CaptionedPicture,
  type Picture,
  type PicturesOptions,
  type PictureView,
  picturesView,
} from "./pictures.js";
export { type ShowOptions, viewOf } from "./recognize.js";
export { type Display, openDisplay, show } from "./show.js";
