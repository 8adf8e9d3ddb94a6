/** Calls `prepare` once, before the page is first printed or shown as if it were. */
export function beforeFirstPrint(prepare: () => void): void {
  const query = matchMedia("print");
  const begin = () => {
    removeEventListener("beforeprint", begin);
    query.removeEventListener("change", begin);
    prepare();
  };
  if (query.matches) {
    prepare();
    return;
  }
  addEventListener("beforeprint", begin);
  query.addEventListener("change", begin);
}
