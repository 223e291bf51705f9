// What a first visit loads beside the WebAssembly module: what the page names, and what it starts at once. `page` is index.html's text.
export function isFirstLoad(name, page) {
  return name === 'index.html' || name === 'sw.js' || page.includes(`/${name}`) || /(^|\/)sync\.worker-/.test(name);
}
