import { Agent, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { CANARY } from '../support/hostile-scene.js';
import { ask, cookieOf, PageClient } from '../support/page-client.js';
import { embeddedRelay } from '../support/relays.js';
import { sceneOf } from '../support/scene-of.js';

describe('a viewer who asks for pages all the time', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  it('keeps no operator out', async () => {
    const link = scene().rig.bridge.panel?.link('viewer') ?? '';
    const viewer = await cookieOf(link);
    const { origin } = new URL(link);
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    let going = true;
    const one = () =>
      new Promise<void>((resolve) => {
        const call = request(`${origin}/session`, { headers: { cookie: viewer }, agent }, (response) => {
          response.resume();
          response.on('end', resolve);
        });
        call.on('error', () => resolve());
        call.end();
      });
    const flood = Array.from({ length: 4 }, async () => {
      while (going) await one();
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const pages: unknown[] = [];
    for (let i = 0; i < 5; i++) {
      pages.push((await ask(`${origin}/`, { cookie: scene().cookie })).status);
      pages.push(await PageClient.open(link, scene().cookie).then(async (page) => (await page.close(), 'open'), (error: Error) => error.message));
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    going = false;
    await Promise.all(flood);
    agent.destroy();
    expect(pages).toEqual(Array.from({ length: 5 }, () => [200, 'open']).flat());
  }, 30_000);
});
