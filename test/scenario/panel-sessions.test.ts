import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { BridgeParts } from '../../src/bridge-parts.js';
import { askControl } from '../../src/control/client.js';
import { silentLog } from '../../src/log.js';
import { Sessions } from '../../src/panel/sessions.js';
import { StateFile } from '../../src/state/state-file.js';
import { systemClock } from '../../src/system-clock.js';
import { ask, cookieOf, PageClient } from '../support/page-client.js';
import { embeddedRelay } from '../support/relays.js';
import { Rig } from '../support/rig.js';

const page = mkdtempSync(join(tmpdir(), 'carter-page-'));
writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>');
afterAll(() => rmSync(page, { recursive: true, force: true }));

const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };

const open: Rig[] = [];
afterEach(async () => {
  for (const rig of open.splice(0)) await rig.close();
});

async function rigWith() {
  const rig = await Rig.open(embeddedRelay, { devices: { shed: { driver: 'board' } }, page });
  open.push(rig);
  const link = () => rig.bridge.panel?.link() ?? '';
  const url = () => new URL('/', link()).href;
  const status = async (cookie: string) => {
    // Its name has the port in it, which is another one each time here.
    const own = `carter-panel-${new URL(url()).port}=${cookie.split('=')[1]}`;
    return (await ask(url(), { cookie: own })).status;
  };
  /** What the next bridge with this state folder knows of a browser. */
  const next = (cookie: string) => {
    const file = new StateFile<never>(join(dirname(rig.control), 'panel.json'), silentLog);
    return new Sessions(systemClock(), file).of(String(cookie.split('=')[1]));
  };
  const leave = async (cookie: string) => (await ask(`${url()}leave`, { cookie, ...OWN_PAGE })).status;
  return { rig, link, status, next, leave };
}

describe('a browser that was signed out of the panel', () => {
  it('does not come back by a link that nobody had opened yet', async () => {
    const { rig, link, status } = await rigWith();
    const [seen, cookie] = [link(), await cookieOf(link())];
    expect(await askControl(rig.control, { op: 'panel_revoke' })).toMatchObject({ ok: true, count: 1 });
    expect([await status(cookie), (await ask(seen)).status]).toEqual([401, 410]);
    expect((await ask(link())).status).toBe(200);
  });

  it('does not come back by the cookie that it had before its last link', async () => {
    const { link, status, leave } = await rigWith();
    const stolen = await cookieOf(link());
    const thief = await PageClient.open(link(), stolen);
    const { headers } = await ask(link(), { cookie: stolen });
    const cookie = String(headers['set-cookie']).split(';')[0] ?? '';
    expect([await status(stolen), await status(cookie), await thief.closed]).toEqual([401, 200, 1008]);
    expect(await leave(cookie)).toBe(200);
    expect([await status(stolen), await status(cookie)]).toEqual([401, 401]);
  });

  it('keeps its cookie where it only looks at a link, or tries one that is used up', async () => {
    const { link, status } = await rigWith();
    const [once, cookie] = [link(), await cookieOf(link())];
    await ask(once, { cookie }, 'HEAD');
    await cookieOf(once);
    expect((await ask(once, { cookie })).status).toBe(410);
    expect(await status(cookie)).toBe(200);
  });

  it('does not come back with a panel that is opened elsewhere at that moment', async () => {
    const { rig, link, status, leave } = await rigWith();
    const [gone, other] = [await cookieOf(link()), await cookieOf(link())];
    const { parts } = rig.bridge as unknown as { parts: BridgeParts };
    const panel = parts.panel && { ...parts.panel, hostname: 'elsewhere' };
    const kept = join(dirname(rig.control), 'panel.json');
    await expect.poll(() => readFileSync(kept, 'utf8').split('operator').length).toBe(3);
    expect(await leave(gone)).toBe(200);
    await rig.bridge.reload({ ...parts, panel });
    expect([await status(gone), await status(other)]).toEqual([401, 200]);
  });

  it('does not come back with a panel whose port was somebody else’s meanwhile', async () => {
    const { rig, link, status } = await rigWith();
    const cookie = await cookieOf(link());
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { parts } = rig.bridge as unknown as { parts: BridgeParts };
    const { port } = other.address() as { port: number };
    const at = (panel: BridgeParts['panel'], port: number) =>
      rig.bridge.reload({ ...parts, panel: panel && { ...panel, port } });
    await at(parts.panel, port);
    expect(await askControl(rig.control, { op: 'panel_revoke' })).toMatchObject({ ok: true, count: 1 });
    await at(parts.panel, 0);
    expect(await status(cookie)).toBe(401);
  });

  it('does not come back where the disk takes nothing any more', async () => {
    const { rig, link, next, leave } = await rigWith();
    const cookie = await cookieOf(link());
    const kept = join(dirname(rig.control), 'panel.json');
    await expect.poll(() => readFileSync(kept, 'utf8')).toContain('operator');
    mkdirSync(`${kept}.new`);
    expect(await leave(cookie)).toBe(200);
    await rig.bridge.stop();
    expect(next(cookie)).toBeUndefined();
  });
});
