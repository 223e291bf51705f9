// Runs in each page, from before its first script: notes what every price cell shows and when, the marks of the link, and the last Enter.
export function watchTable() {
  const shown = new Map();
  let cells = [];
  let links = [];
  let mark = null;
  const textOf = (cell) => cell.textContent.replaceAll(',', '').trim();
  const number = (text) => (/\d+(\.\d+)?/.exec(text) ?? [''])[0];
  const look = () => {
    const at = Date.now();
    for (const cell of document.querySelectorAll('[data-record] [data-field="price"]')) {
      if (cell.tagName === 'INPUT') continue;
      const text = number(textOf(cell));
      const record = cell.closest('[data-record]').getAttribute('data-record');
      if (text === '' || shown.get(record) === text) continue;
      shown.set(record, text);
      cells.push({ record, text, at });
    }
    const now = document.querySelector('[data-connection]')?.getAttribute('data-connection') ?? null;
    if (now !== mark) {
      mark = now;
      links.push({ mark, at });
    }
  };
  window.takeWatched = () => {
    const taken = { cells, links };
    cells = [];
    links = [];
    return taken;
  };
  window.shownPrices = () => Object.fromEntries(shown);
  addEventListener('keydown', (event) => { if (event.key === 'Enter') window.enterAt = Date.now(); }, true);
  const begin = () => {
    new MutationObserver(look).observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['data-connection'] });
    look();
  };
  if (document.documentElement) begin();
  else addEventListener('readystatechange', begin, { once: true, capture: true });
}
