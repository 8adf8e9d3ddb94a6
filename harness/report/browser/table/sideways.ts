/** Says with classes of the frame whether what scrolls in it goes on to the right, and whether it has left its beginning. */
export function markSideways(frame: HTMLElement, scroller: HTMLElement): void {
  const mark = () => {
    const { scrollLeft, scrollWidth, clientWidth } = scroller;
    frame.classList.toggle("goes-on", scrollLeft + clientWidth < scrollWidth - 1);
    frame.classList.toggle("begun", scrollLeft > 0);
  };
  scroller.addEventListener("scroll", mark, { passive: true });
  new ResizeObserver(mark).observe(scroller);
  mark();
}
