/**
 * Markdown as harmless HTML. Three walls: HTML in the text is shown as text, never taken for markup; what comes out is
 * sieved to a short list of elements and attributes; and the page's content security policy lets nothing run or load.
 * An image becomes a link: showing it would be a request to somebody else's machine.
 */

import DOMPurify from "dompurify";
import { Marked, type Tokens } from "marked";

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}

/** Addresses of other kinds (javascript:, data:, file:) lead nowhere. */
const ADDRESS = /^(https?:|mailto:)/i;

function link(href: string, inner: string): string {
  const address = href.trim();
  if (!ADDRESS.test(address)) return inner;
  return `<a href="${escaped(address)}" target="_blank" rel="noopener noreferrer nofollow">${inner}</a>`;
}

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => escaped(text),
    image: ({ href, text }: Tokens.Image) => link(href, `<span class="md-image">${escaped(text || href)}</span>`),
    link({ href, tokens }: Tokens.Link) {
      return link(href, this.parser.parseInline(tokens));
    },
    // The title of the page is h1, that of the task h2.
    heading({ tokens, depth }: Tokens.Heading) {
      const level = Math.min(depth + 2, 6);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
    },
    checkbox: ({ checked }: Tokens.Checkbox) => `<span class="md-check" data-done="${checked}">${checked ? "☑" : "☐"}</span> `,
  },
});

const ALLOWED_TAGS = [
  "a", "p", "div", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "span",
  "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
];
const ALLOWED_ATTR = ["href", "target", "rel", "class", "align", "start", "tabindex", "data-done"];

/** Not yet sieved: for `toHtml`, and for tests without a document. */
export function rendered(text: string): string {
  const html = marked.parse(text, { async: false });
  // What is too wide scrolls by itself, and by keyboard too. All HTML of the text is escaped: these are Markdown's own.
  return html
    .replaceAll("<pre>", '<pre tabindex="0">')
    .replaceAll("<table>", '<div class="md-scroll" tabindex="0"><table>')
    .replaceAll("</table>", "</table></div>");
}

export function toHtml(text: string): string {
  return DOMPurify.sanitize(rendered(text), { ALLOWED_TAGS, ALLOWED_ATTR, ALLOW_DATA_ATTR: false });
}
