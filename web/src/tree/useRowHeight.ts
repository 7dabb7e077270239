import { useEffect, useState } from "react";

import type { Density } from "../shell/appearance";

const NARROW = "(max-width: 760px)";
const FALLBACK_PX = 36;

/** The height of a row as the style tokens have it, in pixels. */
export function useRowHeight(density: Density): number {
  const [height, setHeight] = useState(read);
  useEffect(() => {
    const update = () => setHeight(read());
    const media = matchMedia(NARROW);
    update();
    media.addEventListener("change", update);
    return () => media.removeEventListener("change", update);
  }, [density]);
  return height;
}

function read(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row")) || FALLBACK_PX;
}
