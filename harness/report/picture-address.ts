/*
 * Where a page finds its pictures: in itself, or in a folder beside it. Nothing here needs Node.js or a browser.
 */

const EMBEDDED = /^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/=]*$/;
/** A folder of the same folder, and a file that its content names: what leads elsewhere cannot be written so. */
const BESIDE = /^(?:[\w.!~*'()-]|%(?!00|2F|5C)[0-9A-F]{2}){1,750}\.pictures\/[0-9a-f]{64}\.jpg$/;

/** Whether a text is an address that holds a picture itself, so that nothing is fetched. */
export function isPictureAddress(text: string): boolean {
  return EMBEDDED.test(text);
}

/** Whether a text is the address of a picture beside the page, as {@link addressBeside} writes it. */
export function isBeside(text: string): boolean {
  return BESIDE.test(text) && isEncoded(text);
}

/** Whether its escapes are of characters. */
function isEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text) !== "";
  } catch {
    return false;
  }
}

/** The name of the folder that a page's pictures lie in. @param page the name of its file */
export function pictureFolder(page: string): string {
  return `${page.replace(/\.html?$/i, "")}.pictures`;
}

/**
 * The address of a picture beside the page.
 * @param folder its name
 * @param file the SHA-256 of the picture, in hex, with `.jpg`
 */
export function addressBeside(folder: string, file: string): string {
  return `${encodeURIComponent(folder)}/${file}`;
}

/** Where a picture beside a page lies: the folder's name and the file's. @param address for which {@link isBeside} */
export function placeBeside(address: string): { readonly folder: string; readonly file: string } {
  const [folder = "", file = ""] = address.split("/");
  return { folder: decodeURIComponent(folder), file };
}
