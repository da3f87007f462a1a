// Takes the pictures of the panel that docs/panel holds: `npm run build && node scripts/panel-pictures.mjs`. Needs Chromium.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const INTO = join(ROOT, 'docs/panel');
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const DESKTOP = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 };
/** Long enough for the charts to have a past. */
const PAST_MS = 20_000;

const folder = mkdtempSync(join(tmpdir(), 'carter-pictures-'));
const config = join(folder, 'bridge.yaml');
writeFileSync(
  config,
  `bridge: { name: garden }
publish: { trend: 250ms }
devices:
  greenhouse: { driver: board, port: auto }
  shed: { driver: board, port: auto }
  pond: { driver: board, port: auto }
`,
);
const main = join(ROOT, 'dist/src/main.js');
const bench = spawn(process.execPath, [main, 'bench', '--port', '0', '--panel-port', '0', '--config', config]);
const link = await new Promise((resolve) => {
  let out = '';
  bench.stdout.on('data', (chunk) => {
    out += chunk;
    const [found] = out.match(/http:\S+\/open\/\S+/) ?? [];
    if (found) resolve(found);
  });
});
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
mkdirSync(INTO, { recursive: true });

const context = await browser.newContext({ ...DESKTOP, colorScheme: 'dark' });
const desktop = await context.newPage();
await desktop.goto(link);
await desktop.getByRole('tab', { name: 'greenhouse' }).click();
await desktop.getByRole('switch', { name: 'Pump' }).click();
await desktop.getByRole('slider', { name: 'Fan' }).fill('45');
await desktop.getByRole('button', { name: 'Watch the wire of shed' }).click();
await pause(PAST_MS);
await desktop.screenshot({ path: join(INTO, 'desktop-dark.png') });
await desktop.emulateMedia({ colorScheme: 'light' });
await desktop.getByRole('tab', { name: 'Overview' }).click();
await pause(500);
await desktop.screenshot({ path: join(INTO, 'desktop-light.png') });

const cookies = await context.cookies();
for (const colorScheme of ['dark', 'light']) {
  const pocket = await browser.newContext({ ...PHONE, colorScheme });
  await pocket.addCookies(cookies);
  const phone = await pocket.newPage();
  await phone.goto(new URL('/', link).href);
  await phone.getByRole('tab', { name: 'greenhouse' }).tap();
  await pause(1_500);
  await phone.screenshot({ path: join(INTO, `phone-${colorScheme}.png`) });
}
await browser.close();
bench.kill('SIGINT');
rmSync(folder, { recursive: true, force: true });
