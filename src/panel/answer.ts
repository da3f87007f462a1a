import type { IncomingHttpHeaders } from 'node:http';
import { hasBody } from '../http/body.js';
import { type Addressed, notFor } from '../http/hosts.js';
import type { Access } from './access.js';
import type { Allowances } from './allowances.js';
import type { PageFile } from './page-files.js';
import type { Session } from './sessions.js';
import { enterPage, signInPage } from './sign-in.js';

/** What of a request is looked at. */
export interface Asked extends Addressed {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
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
  readonly allowances: Allowances;
  readonly files: ReadonlyMap<string, PageFile>;
}

const TEXT = 'text/plain; charset=utf-8';
const HTML = 'text/html; charset=utf-8';

/** The answer to a request for a page or a file of it. */
export function answerTo(asked: Asked, gate: Gate): Answer {
  const { headers } = asked;
  const foreign = notFor(asked, gate.hosts);
  if (foreign) return refusal(...foreign);
  const session = gate.access.admits(headers.cookie);
  const answer = pageFor(asked, session, gate);
  // A stranger who keeps a connection takes it from those who were let in.
  return session ? answer : { ...answer, headers: { ...answer.headers, connection: 'close' } };
}

function pageFor({ method, url = '/', headers }: Asked, session: Session | undefined, gate: Gate): Answer {
  const [path = '/'] = url.split('?');
  const code = path.startsWith('/open/') ? path.slice('/open/'.length) : undefined;
  // Strangers, however many, keep nobody out who has a link.
  const invited = code !== undefined && gate.access.isGood(code);
  if (!invited && !gate.allowances.of(session).requests.take()) return refusal(429, 'Too many requests.');
  if (hasBody(headers)) return refusal(413, 'Nothing is taken here.');
  if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'Only GET.');
  if (code !== undefined) return enter(code, method, headers, gate);
  // Without its sheet the page for strangers would be bare.
  if (!session && path !== '/panel.css') {
    return { status: 401, headers: { 'content-type': HTML }, body: signInPage('This browser was not let in yet.') };
  }
  if (session && path === '/leave') return leave(method, headers, session, gate);
  if (path === '/session') return { status: 204, headers: {}, body: '' };
  const file = gate.files.get(path);
  if (!file) return refusal(404, 'Not found.');
  const { etag, type, body } = file;
  const same = headers['if-none-match'] === etag;
  return { status: same ? 304 : 200, headers: { 'content-type': type, etag }, body: same ? '' : body };
}

/** Why a page may not open a socket, as a status; undefined where it may. */
export function refusesSocket(asked: Asked, gate: Gate): number | undefined {
  const { url, headers } = asked;
  const [foreign] = notFor(asked, gate.hosts) ?? [];
  if (foreign) return foreign;
  // Browsers let every page open sockets to everywhere, and say from where it does.
  if (headers.origin !== `${gate.scheme}://${headers.host?.toLowerCase()}` || url !== '/live') return 403;
  const session = gate.access.admits(headers.cookie);
  if (!session) return 401;
  return gate.allowances.of(session).requests.take() ? undefined : 429;
}

function enter(code: string, method: string, headers: IncomingHttpHeaders, { access }: Gate): Answer {
  // Nobody has seen what is fetched ahead, and the link has to be good when somebody opens it.
  if (isAhead(headers)) return { ...refusal(503, 'Not ahead of time.'), headers: { 'cache-control': 'no-store' } };
  // A link that is only looked at, as previews do, stays good.
  const cookie = method === 'GET' ? access.redeem(code, headers.cookie) : undefined;
  if (cookie === undefined) {
    const body = signInPage('This link was used already, or is too old.');
    return { status: 410, headers: { 'content-type': HTML }, body };
  }
  const entered = { 'content-type': HTML, 'set-cookie': cookie, 'cache-control': 'no-store' };
  return { status: 200, headers: entered, body: enterPage() };
}

/** Signs a browser out, where its own page asks for that. */
function leave(method: string, headers: IncomingHttpHeaders, session: Session, { access }: Gate): Answer {
  const site = headers['sec-fetch-site'] ?? 'same-origin';
  if (site !== 'same-origin') return refusal(403, 'Only the panel itself signs out.');
  if (isAhead(headers)) return refusal(503, 'Not ahead of time.');
  if (method !== 'GET') return refusal(405, 'Only GET.');
  const gone = { 'content-type': HTML, 'set-cookie': access.leave(session), 'cache-control': 'no-store' };
  return { status: 200, headers: gone, body: signInPage('This browser was signed out.') };
}

function refusal(status: number, said: string): Answer {
  return { status, headers: { 'content-type': TEXT, connection: 'close' }, body: `${said}\n` };
}

/** Browsers say so of what they load before anybody asked for it. */
function isAhead(headers: IncomingHttpHeaders): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some((name) => String(headers[name] ?? '').includes('pre'));
}
