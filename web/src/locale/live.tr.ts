import type { liveEn } from "./live.en";

export const liveTr: typeof liveEn = {};
