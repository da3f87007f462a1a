import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BoardSimulator } from '../../devices/board/simulator.js';
import { askControl } from '../../src/control/client.js';
import type { Simulator } from '../../src/device/driver-kind.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { systemClock } from '../../src/system-clock.js';
import { barriers, DESKTOP, hasChromium, launchBrowser, openPanel, PHONE } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { overhang, seen, slowFrames } from '../support/in-page.js';
import { Program } from '../support/program.js';
import { embeddedRelay } from '../support/relays.js';
import { Rig, type RigBoard } from '../support/rig.js';
import { WiredUno } from '../support/wired-uno.js';

const PAGE = join(import.meta.dirname, '../../dist/src/panel/page');
/** What people see happen at once. */
const UNPLUG_MS = 1_000;
const PLUG_MS = 2_000;

/** What stands behind the page: any board with a `temp`, a `pump` and a `fan` that describes itself will do. */
interface Hardware {
  readonly name: string;
  board(): Simulator;
  /** A board that is plugged in later, the id that it says, and the milliseconds that a busy machine let it stand still. */
  newcomer(): { readonly id: string; readonly simulator: Simulator; lag(): number };
  late(board: RigBoard, ms: number): void;
  refuse(board: RigBoard): void;
  output(board: RigBoard, id: string): unknown;
  /** An output with two options, in their order. */
  readonly choice: { readonly point: string; readonly options: readonly [string, string] };
}

const simulated = (id: string, name = id) => new BoardSimulator(systemClock(), 7, { identity: { id, name } });

const HARDWARE: Hardware[] = [
  {
    name: 'a simulated board',
    board: () => simulated('shed'),
    newcomer: () => ({ id: 'newcomer', simulator: simulated('newcomer', 'Newcomer'), lag: () => 0 }),
    late: (board, ms) => board.simulated(BoardSimulator).late(ms),
    refuse: (board) => board.simulated(BoardSimulator).refuse('locked'),
    output: (board, id) => board.simulated(BoardSimulator).output(id),
    choice: { point: 'turnout', options: ['closed', 'thrown'] },
  },
  {
    name: 'the firmware of the greenhouse on an emulated Uno',
    board: () => new WiredUno(),
    newcomer: () => {
      const simulator = new WiredUno();
      return { id: 'greenhouse', simulator, lag: () => simulator.uno.skippedMs };
    },
    late: (board, ms) => board.simulated(WiredUno).late(ms),
    refuse: (board) => board.simulated(WiredUno).deaf(),
    output: (board, id) => board.simulated(WiredUno).output(id),
    choice: { point: 'vent', options: ['closed', 'open'] },
  },
];

interface OpenOptions {
  readonly size?: typeof PHONE | typeof DESKTOP;
  readonly devices?: { readonly [id: string]: JsonObject };
  readonly boards?: { readonly [id: string]: Simulator };
  /** The file of a layout written by hand. */
  readonly layout?: string;
}

describe.skipIf(!hasChromium)('the panel in a browser', () => {
  let browser: Browser;
  const rigs: Rig[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  }, 30_000);
  afterAll(() => browser.close());
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    for (const rig of rigs.splice(0)) await rig.close();
  });

  async function open(options: OpenOptions = {}) {
    const { size = DESKTOP, devices = { shed: { driver: 'board' } }, boards = {}, layout } = options;
    const config = { publish: { trend: '250ms' }, ...(layout === undefined ? {} : { layout: { file: layout } }) };
    const rig = await Rig.open(embeddedRelay, { devices, boards, config, page: PAGE });
    rigs.push(rig);
    for (const id of Object.keys(devices)) await eventually(() => rig.bridge.store.health(id)).toBe('online');
    const { page, complaints } = await openPanel(browser, rig.bridge.panel?.link() ?? '', size);
    return { rig, page, complaints };
  }
  const control = (page: Page, id: string) => page.locator(`[data-control="${id}"]`);
  const tab = (page: Page, name: string) => page.getByRole('tab', { name });

  it('misses nothing that becomes another while it is being drawn', async () => {
    const { rig, page } = await open({ boards: { shed: simulated('shed') } });
    await slowFrames(page, 5_000);
    await tab(page, 'shed').click();
    const turnout = page.getByRole('group', { name: 'Turnout' });
    await turnout.waitFor();
    await askControl(rig.control, { op: 'set', device: 'shed', point: 'turnout', value: 'thrown', arm: false });
    await expect.poll(() => turnout.locator('.chosen').allTextContents(), { timeout: 4_000 }).toEqual(['thrown']);
  });

  it('opens by the link that bench prints, once, and shows live values', async () => {
    const bench = new Program(['bench', '--port', '0', '--panel-port', '0', '--boards', '2']);
    const [, link = ''] = await bench.shows(/panel {6}(http:\/\/127\.0\.0\.1:\d+\/open\/\S+)/);
    const { page, complaints } = await openPanel(browser, link, DESKTOP);
    expect(page.url()).toBe(new URL('/', link).href);
    await tab(page, 'board1').click();
    const meter = page.getByRole('meter', { name: 'Temperature' });
    const first = await meter.getAttribute('aria-valuenow');
    await expect.poll(() => meter.getAttribute('aria-valuenow'), { timeout: 5_000 }).not.toBe(first);
    const pump = page.getByRole('switch', { name: 'Pump' });
    await pump.click();
    await bench.shows(/board1 \(online\).*pump=true/s);
    expect(await pump.getAttribute('aria-checked')).toBe('true');
    expect(complaints).toEqual([]);

    const stranger = await (await browser.newContext()).newPage();
    expect((await stranger.goto(link))?.status()).toBe(410);
    expect(await stranger.textContent('main')).toContain('carter-bridge panel');
    const again = new Program(['panel', '--state-dir', (await bench.shows(/--state-dir (\S+)/))[1] ?? '']);
    const [, fresh = ''] = await again.shows(/(http:\S+)/);
    await stranger.goto(fresh);
    await stranger.getByRole('tab').first().waitFor();
    expect(await bench.stop()).toBe(0);
    await page.getByText('The bridge is not reached').waitFor();
  }, 60_000);

  it('lets a viewer see everything, and press nothing but the emergency stop', async () => {
    const { rig } = await open();
    const { page, complaints } = await openPanel(browser, rig.bridge.panel?.link('viewer') ?? '', DESKTOP);
    await tab(page, 'shed').click();
    const pump = page.getByRole('switch', { name: 'Pump' });
    expect(await pump.isDisabled()).toBe(true);
    await control(page, 'dev-shed-temp').and(page.locator('[data-quality="good"]')).waitFor();
    await page.getByText('View only').waitFor();
    expect(await page.getByRole('button', { name: 'Pair a phone' }).count()).toBe(0);
    await tab(page, 'Overview').click();
    await page.getByRole('button', { name: 'EMERGENCY STOP' }).click();
    await eventually(() => rig.bridge.memory.latch.closed).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('signs a browser out once that is meant, which then needs another link', async () => {
    const { page, complaints } = await open();
    const out = page.getByRole('button', { name: 'Sign out' });
    page.once('dialog', (dialog) => void dialog.dismiss());
    await out.click();
    await page.getByRole('tab').first().waitFor();
    page.once('dialog', (dialog) => void dialog.accept());
    await out.click();
    await page.getByText('This browser was signed out.').waitFor();
    expect(await page.context().cookies()).toEqual([]);
    expect((await page.goto(new URL('/', page.url()).href))?.status()).toBe(401);
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
  });

  it('commands by a stick and a slider what was wished, no less and no more', async () => {
    const { rig, page, complaints } = await open({
      layout: join(import.meta.dirname, '../vectors/layouts/stick.json'),
    });
    const commands = async () => (await askControl(rig.control, { op: 'audit' }))['commands'] as JsonObject[];
    const stick = page.getByRole('application');
    await stick.focus();
    await page.keyboard.press('Tab');
    expect(await commands()).toEqual([]);
    const box = await stick.boundingBox();
    if (!box) throw new Error('no stick');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    const until = Date.now() + 1_500;
    for (let i = 0; Date.now() < until; i++) await page.mouse.move(x + 20 + (i % 10), y);
    await page.mouse.up();
    await expect.poll(async () => (await commands()).at(-1)).toMatchObject({ wish: '0' });

    await page.getByRole('slider', { name: 'Fan' }).focus();
    await page.keyboard.press('ArrowRight');
    await tab(page, 'Other').click();
    await expect.poll(() => rig.bridge.store.point('shed', 'fan')?.value).toBe(5);
    expect(await page.getByRole('tabpanel').textContent()).toContain("this can't be drawn");
    expect(await control(page, 'word').isVisible()).toBe(true);
    // Who floods the bridge is hung up on, and comes back under another name.
    expect(new Set((await commands()).map(({ from }) => from))).toEqual(new Set(['panel-1']));
    expect(complaints).toEqual([]);
  }, 30_000);

  it('runs an output while its button is held, and lets it go when nobody says that it is', async () => {
    const device = { driver: 'board', points: { pump: { holdToRun: true, arm: '1m' } } };
    const { rig, page, complaints } = await open({ devices: { shed: device } });
    const board = rig.board().simulated(BoardSimulator);
    await tab(page, 'shed').click();
    const button = page.getByRole('button', { name: 'Pump', exact: true });
    await button.click();
    await page.getByText('refused: shed.pump has to be armed first').first().waitFor();
    await page.getByRole('button', { name: 'Arm Pump' }).click();
    const commands = async () => (await askControl(rig.control, { op: 'audit' }))['commands'];
    await eventually(commands).toContainEqual(expect.objectContaining({ what: 'arm shed.pump', ok: true }));
    await button.hover();
    await page.mouse.down();
    await eventually(() => board.output('pump')).toBe(true);
    for (const until = Date.now() + 2_000; Date.now() < until; ) {
      expect(board.output('pump')).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await page.mouse.up();
    await expect.poll(() => board.output('pump'), { timeout: 1_000 }).toBe(false);

    await button.focus();
    await page.keyboard.down(' ');
    await eventually(() => board.output('pump')).toBe(true);
    // The page is gone in the middle of it.
    await page.goto('about:blank');
    await expect.poll(() => board.output('pump'), { timeout: 1_000 }).toBe(false);
    expect(complaints).toEqual([]);
  }, 30_000);

  it('comes back by itself over a network that fell silent', async () => {
    const { page } = await open();
    let sockets = 0;
    await page.routeWebSocket(/\/live$/, (socket) => {
      sockets++;
      if (sockets === 2) return; // open, and nothing comes
      socket.connectToServer();
      if (sockets === 1) setTimeout(() => void socket.close(), 500);
    });
    let asked = 0;
    await page.route('**/session', (route) => (asked++ === 0 ? undefined : route.continue()));
    await page.reload();
    await page.getByRole('status').getByText('Not reached').waitFor();
    await page.getByRole('status').getByText('Live').waitFor({ timeout: 12_000 });
    expect([sockets, asked]).toEqual([3, 2]);
  }, 30_000);

  describe.each(HARDWARE)('before $name', ({ board: plugged, newcomer, late, refuse, output, choice }) => {
    const openShed = () => open({ boards: { shed: plugged() } });

    it('shows a tap as pending, then as the board confirmed it, and a refused one with its reason', async () => {
      const { rig, page, complaints } = await openShed();
      const board = rig.board();
      await tab(page, 'shed').click();
      const pump = control(page, 'dev-shed-pump');
      const turn = page.getByRole('switch', { name: 'Pump' });
      // Long enough for three questions to a page of a busy machine.
      late(board, 1_000);
      await turn.click();
      await pump.and(page.locator('[data-pending]')).waitFor({ timeout: 400 });
      expect(await turn.getAttribute('aria-checked')).toBe('true');
      expect(await pump.textContent()).toContain('sending');
      expect(rig.bridge.store.point('shed', 'pump')?.value).toBe(false);
      await pump.and(page.locator(':not([data-pending])')).waitFor();
      expect(await turn.getAttribute('aria-checked')).toBe('true');
      expect(await output(board, 'pump')).toBe(true);
      late(board, 0);

      refuse(board);
      await turn.click();
      await pump.and(page.locator('[data-refused]')).waitFor();
      expect(await turn.getAttribute('aria-checked')).toBe('true');
      expect(await output(board, 'pump')).toBe(true);
      expect(await pump.textContent()).toMatch(/refused: .+/);
      expect(await page.getByRole('alert').textContent()).toMatch(/^Pump: refused, .+/);
      expect(complaints).toEqual([]);
    }, 30_000);

    it('tells within a second that a board is gone, and within two shows the controls of another', async () => {
      const { rig, page } = await open({ devices: {} });
      rig.usb.plug('ttyUSB1', simulated('shed'));
      await tab(page, 'shed').click();
      await page.locator('[data-control="dev-shed-temp"][data-quality="good"]').waitFor();
      const gone = seen(page, '[data-control="dev-shed-temp"][data-quality="unknown"]');
      const word = seen(page, '[data-control="health-shed"]', 'offline');
      const pulledAt = Date.now();
      rig.usb.pull('ttyUSB1');
      expect((await gone) - pulledAt).toBeLessThan(UNPLUG_MS);
      expect((await word) - pulledAt).toBeLessThan(UNPLUG_MS);
      expect(await control(page, 'dev-shed-temp').textContent()).toContain('no value');
      expect(await page.getByRole('switch', { name: 'Pump' }).isVisible()).toBe(false);
      await page.locator('[data-device="shed"][data-health="offline"]').waitFor();

      const { id, simulator, lag } = newcomer();
      await tab(page, 'All devices').click();
      const rendered = seen(page, `[data-control="dyn-${id}-temp"]`);
      const inTabs = seen(page, '[role=tab]', id);
      const pluggedAt = Date.now();
      rig.usb.plug('ttyUSB7', simulator);
      const [controlMs, tabMs] = [(await rendered) - pluggedAt, (await inTabs) - pluggedAt];
      console.log(`plug-in to rendered control ${Math.round(controlMs)} ms, to its tab ${Math.round(tabMs)} ms`);
      expect(Math.max(controlMs, tabMs) - lag()).toBeLessThan(PLUG_MS);

      const entry = page.locator(`[data-device="${id}"]`);
      expect(await entry.textContent()).toContain('unapproved');
      await entry.getByRole('button', { name: 'Approve' }).click();
      await page.locator(`[data-device="${id}"][data-health="online"]`).waitFor();
      await tab(page, id).click();
      const turn = page.getByRole('switch', { name: 'Pump' });
      await turn.click();
      await expect.poll(() => rig.bridge.store.point(id, 'pump')?.value).toBe(true);
    }, 30_000);

    it('is used by keyboard alone', async () => {
      const { rig, page } = await openShed();
      await tab(page, 'Overview').focus();
      await page.keyboard.press('ArrowRight');
      expect(await tab(page, 'shed').getAttribute('aria-selected')).toBe('true');
      await page.getByRole('switch', { name: 'Pump' }).focus();
      await page.keyboard.press('Space');
      await expect.poll(() => rig.bridge.store.point('shed', 'pump')?.value).toBe(true);
      await page.getByRole('slider', { name: 'Fan' }).focus();
      for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
      await expect.poll(() => rig.bridge.store.point('shed', 'fan')?.value).toBe(15);
      await page.getByRole('radio', { name: choice.options[0] }).focus();
      await page.keyboard.press('ArrowRight');
      await expect
        .poll(() => rig.bridge.store.point('shed', choice.point)?.value, { timeout: 5_000 })
        .toBe(choice.options[1]);
    }, 30_000);

    it('pairs a phone', async () => {
      const { rig, page } = await openShed();
      await page.getByRole('button', { name: 'Pair a phone' }).click();
      const dialog = page.getByRole('dialog', { name: 'Pair a phone' });
      await dialog.getByRole('img', { name: 'Pairing code' }).waitFor();
      expect(await dialog.textContent()).toContain(`meets the bridge at ${rig.relay.url}, channel lab`);
      expect(await barriers(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Close' }).click();
      await dialog.waitFor({ state: 'hidden' });
    }, 30_000);

    it('watches the wire, shows cards, and stops all', async () => {
      const { rig, page } = await openShed();
      await page.getByRole('button', { name: 'Watch the wire of shed' }).click();
      await page.getByRole('log', { name: 'Wire of shed' }).getByText('temp').first().waitFor();
      await page.getByRole('button', { name: 'shed, online' }).click();
      await page.getByRole('dialog', { name: 'shed' }).getByText('Humidity').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'EMERGENCY STOP' }).click();
      await page.getByRole('log', { name: 'Log', exact: true }).getByText('EMERGENCY STOP by panel-1').waitFor();
      await tab(page, 'shed').click();
      await page.getByRole('switch', { name: 'Pump' }).click();
      await page.getByRole('alert').getByText('emergency stop').waitFor();
      expect(rig.bridge.store.point('shed', 'pump')?.value).toBe(false);
    }, 30_000);
  });

  describe.each([
    ['phone', PHONE],
    ['desktop', DESKTOP],
  ] as const)('at the size of a %s', (_name, size) => {
    it.each(['dark', 'light'] as const)(
      'has no barriers, and nothing sticks out, in %s colours',
      async (colorScheme) => {
        const { rig, page } = await open({ size });
        await page.emulateMedia({ colorScheme });
        const sections = size === PHONE ? ['Controls', 'Devices', 'Wire', 'Log'] : ['Log', 'Wire'];
        for (const title of ['Overview', 'shed', 'All devices']) {
          await tab(page, title).click();
          expect(await barriers(page), title).toEqual([]);
          expect(await overhang(page), title).toEqual([]);
        }
        rig.usb.plug('ttyUSB7', new BoardSimulator(systemClock(), 7, { identity: { id: 'newcomer' } }));
        await tab(page, 'newcomer').waitFor();
        for (const name of sections) {
          await page.getByRole('button', { name, exact: true }).click();
          expect(await barriers(page), name).toEqual([]);
          expect(await overhang(page), name).toEqual([]);
        }
      },
      60_000,
    );
  });
});
