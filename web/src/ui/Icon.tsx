const SHAPES = {
  chevron: "M6 4l4 4-4 4",
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  minus: "M3.5 8h9",
  pin: "M8 2.5l1.7 3.5 3.8.5-2.8 2.7.7 3.8L8 11.2 4.6 13l.7-3.8L2.5 6.5 6.3 6z",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  up: "M8 13V3.5M4 7.5l4-4 4 4",
  down: "M8 3v9.5M4 8.5l4 4 4-4",
  check: "M3.5 8.5l3 3 6-7",
  tree: "M3 3h4M3 3v9.5h3M3 8h3M8.5 8H13M8.5 12.5H13M9.5 3H13",
  board: "M2.5 3h3v10h-3zM6.75 3h3v7h-3zM11 3h2.5v4.5H11z",
  graph: "M4 4.5a1.5 1.5 0 1 0 0-.01M12 4.5a1.5 1.5 0 1 0 0-.01M8 12.5a1.5 1.5 0 1 0 0-.01M4.5 6L7 10.5M11.5 6L9 10.5M5.5 4.5h3.5",
  summary: "M3 13V8M6.5 13V4M10 13V9.5M13.5 13V6M2 13.5h12",
  activity: "M2 8h2.5L6.5 3.5 9.5 12.5 11.5 8H14",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3L13.5 13.5",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  folder: "M2 4.5h4l1.5 1.5H14v6.5H2z",
  calendar: "M2.5 4h11v9h-11zM2.5 7h11M5.5 2.5V5M10.5 2.5V5",
  tag: "M2.5 3v4.5l6 6 5-5-6-6H3zM5.2 5.5h.01",
  flag: "M4 13.5V3h8l-2 3 2 3H4",
  link: "M6.5 9.5l3-3M7 5l1.5-1.5a2.5 2.5 0 0 1 3.5 3.5L10.5 8.5M9 11l-1.5 1.5A2.5 2.5 0 0 1 4 9l1.5-1.5",
  trash: "M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.5 8.5h6l.5-8.5M6.8 7v3.5M9.2 7v3.5",
  edit: "M3 13l.7-3 7-7 2.3 2.3-7 7zM9.3 4.4l2.3 2.3",
  grip: "M6 4h.01M6 8h.01M6 12h.01M10 4h.01M10 8h.01M10 12h.01",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3.2l2.2 1.3",
  blocked: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM4 4l8 8",
  sun: "M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 1.5V3M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1",
  download: "M8 2.5v8M4.5 7.5L8 11l3.5-3.5M3 13.5h10",
  upload: "M8 11V3M4.5 6.5L8 3l3.5 3.5M3 13.5h10",
  keyboard: "M1.5 4h13v8h-13zM4 6.5h.01M6.5 6.5h.01M9 6.5h.01M11.5 6.5h.01M5 9.5h6",
  template: "M2.5 2.5h11v3h-11zM2.5 8h5v5.5h-5zM10 8h3.5M10 10.7h3.5M10 13.4h3.5",
  copy: "M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3",
  file: "M4 2h5l3 3v9H4zM9 2v3h3",
  history: "M2.5 8a5.5 5.5 0 1 0 1.8-4.1M2.5 2.5v2.7h2.7M8 5v3.2l2 1.3",
  unfold: "M4.5 6L8 2.5 11.5 6M4.5 10L8 13.5l3.5-3.5",
  foldAll: "M4.5 2.5L8 6l3.5-3.5M4.5 13.5L8 10l3.5 3.5",
  spark: "M8 2l1.6 4.4L14 8 9.6 9.6 8 14 6.4 9.6 2 8l4.4-1.6z",
  person: "M8 8.2a2.9 2.9 0 1 0 0-5.8 2.9 2.9 0 0 0 0 5.8zM2.8 13.8c.5-2.6 2.5-3.8 5.2-3.8s4.7 1.2 5.2 3.8",
  terminal: "M2 3h12v10H2zM4.5 6l2 2-2 2M8.5 10h3",
  code: "M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5",
  bookmark: "M4 2.5h8v11L8 10.6 4 13.5z",
  swap: "M3 5.5h9M9.5 3L12 5.5 9.5 8M13 10.5H4M6.5 8L4 10.5 6.5 13",
} as const;

export type IconName = keyof typeof SHAPES;

/** Decoration only: whatever carries it has its own accessible name. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}
