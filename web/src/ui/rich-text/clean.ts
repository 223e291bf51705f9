// Rich text as the core allows it: paragraphs, headings, lists, emphasis, links. Read with the browser's own parser into a document
// that loads and runs nothing, and built anew from what is allowed; nothing of the given markup is ever put into the page.
const INLINE = new Set(['b', 'strong', 'i', 'em', 'u']);
const BLOCKS = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li']);
const DROPPED_WITH_CONTENT = new Set([
  'script', 'style', 'iframe', 'object', 'applet', 'noscript', 'noframes', 'noembed', 'svg', 'math', 'template', 'title', 'select', 'textarea',
  'xmp', 'plaintext', 'head',
]);
const DEPTH_MAX = 30;
const LINK_MAX = 2_048;

export interface RichNode {
  /** '' = text, 'br' = a line break. */
  tag: string;
  text?: string;
  href?: string;
  children?: RichNode[];
}

/** The address of a link, or null when it may be none. */
export function safeHref(href: string | null): string | null {
  const address = (href ?? '').trim();
  if (address.length > LINK_MAX || !/^(https?:\/\/|mailto:)/i.test(address)) return null;
  for (const character of address) {
    if (character <= ' ' || character === '\\' || character === '`') return null;
  }
  return address;
}

function walk(node: Node, depth: number, into: RichNode[]): void {
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) {
      if (child.nodeValue) into.push({ tag: '', text: child.nodeValue });
      continue;
    }
    if (!(child instanceof Element) && child.nodeType !== Node.ELEMENT_NODE) continue;
    const element = child as Element;
    const tag = element.localName;
    if (DROPPED_WITH_CONTENT.has(tag) || element.namespaceURI !== 'http://www.w3.org/1999/xhtml') continue;
    if (tag === 'br') {
      into.push({ tag: 'br' });
      continue;
    }
    const href = tag === 'a' ? safeHref(element.getAttribute('href')) : null;
    // The editor of the browser parts lines by <div>.
    const kept = tag === 'div' && !element.querySelector('p, div, ul, ol, h1, h2, h3, h4, h5, h6') ? 'p' : tag;
    if (depth >= DEPTH_MAX || !(INLINE.has(kept) || BLOCKS.has(kept) || href !== null)) {
      walk(element, depth, into);
      continue;
    }
    const children: RichNode[] = [];
    walk(element, depth + 1, children);
    if (children.length > 0) into.push(href === null ? { tag: kept, children } : { tag: 'a', href, children });
  }
}

/** Text without any markup is a paragraph per line. */
export function readRich(html: string): RichNode[] {
  if (!/[<&]/.test(html)) {
    return html.split(/\n+/).filter((line) => line.trim() !== '').map((line) => ({ tag: 'p', children: [{ tag: '', text: line }] }));
  }
  const nodes: RichNode[] = [];
  walk(new DOMParser().parseFromString(html, 'text/html').body, 0, nodes);
  return nodes;
}

export function nodesOf(element: Node): RichNode[] {
  const nodes: RichNode[] = [];
  walk(element, 0, nodes);
  return nodes;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function writeRich(nodes: readonly RichNode[]): string {
  const html = nodes.map((node) => {
    if (node.tag === '') return escaped(node.text ?? '');
    if (node.tag === 'br') return '<br>';
    const href = node.href === undefined ? '' : ` href="${escaped(node.href).replaceAll('"', '&quot;')}"`;
    return `<${node.tag}${href}>${writeRich(node.children ?? [])}</${node.tag}>`;
  });
  return html.join('');
}

/** Nothing to read in it: what an emptied editor leaves behind. */
export function isBlank(nodes: readonly RichNode[]): boolean {
  return nodes.every((node) => node.tag === 'br' || (node.tag === '' ? (node.text ?? '').trim() === '' : isBlank(node.children ?? [])));
}

/** Into an element of the page, built node by node. */
export function fill(element: Element, nodes: readonly RichNode[]): void {
  const build = (node: RichNode): Node => {
    if (node.tag === '') return document.createTextNode(node.text ?? '');
    const made = document.createElement(node.tag);
    if (node.href !== undefined) {
      made.setAttribute('href', node.href);
      made.setAttribute('rel', 'noopener noreferrer nofollow');
      made.setAttribute('target', '_blank');
    }
    made.append(...(node.children ?? []).map(build));
    return made;
  };
  element.replaceChildren(...nodes.map(build));
}
