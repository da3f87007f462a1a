import { expect } from 'vitest';
import type { JsonObject } from '../../src/mesh/frame.js';
import type { Attack } from './attack.js';
import type { HostileScene } from './hostile-scene.js';
import { ask, cookieOf, PageClient } from './page-client.js';
import { bytes } from './relay-attacks.js';

/** The panel from outside. */
export interface Door {
  /** Its address, with a slash behind it. */
  readonly url: string;
  readonly host: string;
  readonly port: string;
  /** The cookie of a browser that was let in. */
  readonly cookie: string;
}

export function doorOf({ link, cookie }: HostileScene): Door {
  const { origin, host, port } = new URL(link);
  return { url: `${origin}/`, host, port, cookie };
}

/** A request of somebody who may have a cookie, and its status. */
export function asked(
  name: string,
  status: number,
  with_: (door: Door) => { path?: string; headers?: Record<string, string>; method?: string; body?: string },
): Attack<HostileScene> {
  return {
    name,
    refusal: { status },
    attack: async (scene) => {
      const door = doorOf(scene);
      const { path = '', headers = {}, method = 'GET', body } = with_(door);
      const { status: got, body: said } = await ask(`${door.url}${path}`, headers, method, body);
      return { status: got, said };
    },
  };
}

/** A page that opens a socket, and the status that it is refused with. */
export function socket(
  name: string,
  status: number,
  headers: (door: Door) => Record<string, string>,
): Attack<HostileScene> {
  return {
    name,
    refusal: { said: `refused with ${status}` },
    attack: async (scene) => {
      const door = doorOf(scene);
      return { said: await saidTo(scene, door.cookie, headers(door)) };
    },
  };
}

/** What a page hears that opens a socket. */
export async function saidTo(scene: HostileScene, cookie: string, headers = {}): Promise<string> {
  return await PageClient.open(scene.link, cookie, headers).then(
    () => 'let in',
    (error: Error) => error.message,
  );
}

/** What a page that was let in sends, and the code that it is hung up on with. */
export function sent(name: string, code: number, send: (page: PageClient) => void): Attack<HostileScene> {
  return {
    name,
    refusal: { code },
    attack: async (scene) => {
      const page = await PageClient.open(scene.link, scene.cookie);
      send(page);
      return { code: await page.closed };
    },
  };
}

/** What a page asks that was let in, and what it is told; `role`: as whom it was. */
export function told(
  name: string,
  refusal: object,
  question: (page: PageClient) => Promise<JsonObject>,
  role: 'operator' | 'viewer' = 'operator',
): Attack<HostileScene> {
  return {
    name,
    refusal,
    attack: async (scene) => {
      const link = scene.rig.bridge.panel?.link(role) ?? '';
      const page = await PageClient.open(link, role === 'operator' ? scene.cookie : await cookieOf(link));
      const answer = await question(page);
      await page.close();
      return answer;
    },
  };
}

/** Bytes of somebody who keeps to no rules, and what comes until the end. */
export function raw(name: string, said: RegExp, text: (door: Door) => string): Attack<HostileScene> {
  return {
    name,
    refusal: { said: expect.stringMatching(said) },
    attack: async (scene) => {
      const door = doorOf(scene);
      return { said: await bytes(door.url, text(door)) };
    },
  };
}
