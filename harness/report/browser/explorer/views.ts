/** Windows onto pictures that are enlarged and moved together. */
export interface Views {
  /** @param factor 1 shows the whole picture */
  enlarge(factor: number): void;
}

/** Pixels that a pointer moves before it moves the picture. */
const SLACK = 4;

/** Puts windows in step: what is scrolled, dragged or enlarged in one is so in all, as parts of their pictures. */
export function linkViews(views: readonly HTMLElement[]): Views {
  /** Where each window was last put: what then tells of it is only an echo, and may be late. */
  const put = new Map<HTMLElement, readonly [left: number, top: number]>();
  const move = (view: HTMLElement, place: Place) => {
    moveTo(view, place);
    put.set(view, [view.scrollLeft, view.scrollTop]);
  };
  for (const view of views) {
    view.addEventListener("scroll", () => {
      const [left, top] = put.get(view) ?? [];
      if (left === view.scrollLeft && top === view.scrollTop) return;
      put.delete(view);
      for (const other of views) if (other !== view) move(other, placeOf(view));
    });
    makeDraggable(view);
  }
  return {
    enlarge(factor) {
      const places = views.map(placeOf);
      for (const [i, view] of views.entries()) {
        view.classList.toggle("enlarged", factor > 1);
        view.querySelector("canvas")!.style.width = `${100 * factor}%`;
        move(view, places[i]!);
      }
    },
  };
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The middle of what is seen, from 0 to 1. */
function placeOf(view: HTMLElement): Place {
  const { scrollLeft, scrollTop, clientWidth, clientHeight, scrollWidth, scrollHeight } = view;
  return { x: (scrollLeft + clientWidth / 2) / scrollWidth, y: (scrollTop + clientHeight / 2) / scrollHeight };
}

function moveTo(view: HTMLElement, { x, y }: Place): void {
  const { clientWidth, clientHeight, scrollWidth, scrollHeight } = view;
  const [left, top] = [x * scrollWidth - clientWidth / 2, y * scrollHeight - clientHeight / 2].map(Math.round);
  view.scrollTo({ left: left!, top: top!, behavior: "instant" });
}

/** A mouse moves the picture by dragging it; fingers and wheels do without. */
function makeDraggable(view: HTMLElement): void {
  let from: { x: number; y: number; left: number; top: number } | undefined;
  let hasMoved = false;
  view.addEventListener("pointerdown", ({ pointerType, button, clientX: x, clientY: y }) => {
    hasMoved = false;
    if (pointerType === "mouse" && button === 0) from = { x, y, left: view.scrollLeft, top: view.scrollTop };
  });
  view.addEventListener("pointermove", ({ buttons, clientX, clientY }) => {
    if (!from || buttons === 0) return;
    const [across, down] = [clientX - from.x, clientY - from.y];
    if (!hasMoved && Math.hypot(across, down) < SLACK) return;
    hasMoved = view.scrollWidth > view.clientWidth;
    view.classList.toggle("moving", hasMoved);
    view.scrollTo({ left: from.left - across, top: from.top - down, behavior: "instant" });
  });
  const end = () => {
    from = undefined;
    view.classList.remove("moving");
  };
  view.addEventListener("pointerup", end);
  view.addEventListener("pointerleave", end);
  // What ends a drag chooses no patch.
  view.addEventListener("click", (event) => hasMoved && event.stopPropagation(), { capture: true });
}

/** Moves a window so that a part of its picture can be seen. Places and sizes go from 0 to 1. */
export function reveal(view: HTMLElement, { x, y }: Place, size: number): void {
  const { scrollWidth, scrollHeight, clientWidth, clientHeight } = view;
  const fit = (at: number, whole: number, seen: number, now: number) =>
    Math.min(Math.max(now, (at + size) * whole - seen), at * whole);
  view.scrollTo({
    left: fit(x, scrollWidth, clientWidth, view.scrollLeft),
    top: fit(y, scrollHeight, clientHeight, view.scrollTop),
    behavior: "instant",
  });
}
