/*
 * Drawings are made for the width they have, and anew when it changes: draw(width), in pixels. Their height is known
 * before, so nothing on the page moves when they come.
 */
export function fit(box, height, draw) {
  let last = 0;
  box.style.height = `${height}px`;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width && width !== last) box.replaceChildren(draw(last = width));
  }).observe(box);
  return box;
}
