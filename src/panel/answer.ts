import type { IncomingHttpHeaders } from 'node:http';
import type { RateWindow } from '../relay/limits.js';
import type { Access } from './access.js';
import type { PageFile } from './page-files.js';
import { enterPage, signInPage } from './sign-in.js';

/** What of a request is looked at. */
export interface Asked {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** What is answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** What requests are held against. */
export interface Gate {
  /** How the page is asked for. */
  readonly scheme: 'http' | 'https';
  /** What the Host header may be. */
  readonly hosts: ReadonlySet<string>;
  readonly access: Access;
  /** How much those may ask who were let in, and all others together: pages of other sites can make a browser ask, too. */
  readonly rate: { readonly known: RateWindow; readonly strangers: RateWindow };
  readonly files: ReadonlyMap<string, PageFile>;
}

const TEXT = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';

/** The answer to a request for a page or a file of it. */
export function answerTo(asked: Asked, gate: Gate): Answer {
  const { headers } = asked;
  if (!isOurs(headers, gate)) return refusal(421, 'This is not the host that was asked for.');
  const known = gate.access.admits(headers.cookie) !== undefined;
  const answer = pageFor(asked, known, gate);
  // A stranger who keeps a connection takes it from those who were let in.
  return known ? answer : { ...answer, headers: { ...answer.headers, connection: 'close' } };
}

function pageFor({ method, url = '/', headers }: Asked, known: boolean, gate: Gate): Answer {
  if (!(known ? gate.rate.known : gate.rate.strangers).take()) return refusal(429, 'Too many requests.');
  if (hasBody(headers)) return refusal(413, 'Nothing is taken here.');
  if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'Only GET.');
  const [path = '/'] = url.split('?');
  if (path.startsWith('/open/')) return enter(path.slice('/open/'.length), method, gate);
  // Without its sheet the page for strangers would be bare.
  if (!known && path !== '/panel.css') {
    return { status: 401, headers: { 'content-type': HTML }, body: signInPage('This browser was not let in yet.') };
  }
  if (path === '/session') return { status: 204, headers: {}, body: '' };
  const file = gate.files.get(path);
  if (!file) return refusal(404, 'Not found.');
  const { etag, type, body } = file;
  const same = headers['if-none-match'] === etag;
  return { status: same ? 304 : 200, headers: { 'content-type': type, etag }, body: same ? '' : body };
}

/** Why a page may not open a socket, as a status; undefined where it may. */
export function refusesSocket({ url, headers }: Asked, gate: Gate): number | undefined {
  if (!isOurs(headers, gate)) return 421;
  // Browsers let every page open sockets to everywhere, and say from where it does.
  if (headers.origin !== `${gate.scheme}://${headers.host?.toLowerCase()}` || url !== '/live') return 403;
  if (!gate.access.admits(headers.cookie)) return 401;
  return gate.rate.known.take() ? undefined : 429;
}

function enter(code: string, method: string, { access }: Gate): Answer {
  // A link that is only looked at, as previews do, stays good.
  const cookie = method === 'GET' ? access.redeem(code) : undefined;
  if (cookie === undefined) {
    const body = signInPage('This link was used already, or is too old.');
    return { status: 410, headers: { 'content-type': HTML }, body };
  }
  const headers = { 'content-type': HTML, 'set-cookie': cookie, 'cache-control': 'no-store' };
  return { status: 200, headers, body: enterPage() };
}

function refusal(status: number, said: string): Answer {
  return { status, headers: { 'content-type': TEXT, connection: 'close' }, body: `${said}\n` };
}

function isOurs({ host = '' }: IncomingHttpHeaders, { hosts }: Gate): boolean {
  return hosts.has(host.toLowerCase());
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}
