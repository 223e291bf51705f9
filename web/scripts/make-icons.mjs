// Draws the PNG icons from public/icon.svg with the system's Chromium. Run after changing the logo; the results are committed.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'public');
const svg = readFileSync(join(folder, 'icon.svg'), 'utf8');
// Launchers cut maskable icons to their own shape: colour to the edge, the drawing within the safe middle.
const maskable = svg.replace(/rx="14"/, '').replace('<path', '<g transform="translate(9.6 9.6) scale(.7)"><path').replace('</svg>', '</g></svg>');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const [name, size, drawing] of [['icon-180.png', 180, maskable], ['icon-192.png', 192, svg], ['icon-512.png', 512, svg], ['icon-maskable-512.png', 512, maskable]]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${drawing}`);
  await page.screenshot({ path: join(folder, name), omitBackground: true });
  await page.close();
}
await browser.close();
