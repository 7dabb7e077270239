/** Live connection, export and import, shortcuts sheet. */
export const liveEn = {};
