import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../clock.js';
import { BridgeError, describeError } from '../error.js';
import { isEveryInterface, lanAddress } from '../http/address.js';
import { guardHeaders } from '../http/headers.js';
import { hostsOf, inUrl } from '../http/hosts.js';
import { type HttpServerOptions, listenHttp } from '../http/listen.js';
import { listenFailure } from '../http/listen-failure.js';
import { Strangers } from '../http/strangers.js';
import type { Log } from '../log.js';
import { FRAME_COST, PacedReading } from '../paced-reading.js';
import { Access } from './access.js';
import { Allowances } from './allowances.js';
import { answerTo, type Gate, refusesSocket } from './answer.js';
import type { PageFile } from './page-files.js';
import type { PanelRole, Session, Sessions } from './sessions.js';
import { type PageEvents, type PageSocket, Sockets } from './sockets.js';

/** What the panel's server is built from. */
export interface PanelParts extends Pick<HttpServerOptions, 'host' | 'port' | 'tls'> {
  /** True: any free port where that one is taken. */
  readonly orAnyPort: boolean;
  readonly hostname: string;
  /** The browsers that were let in. */
  readonly sessions: Sessions;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly clock: Clock;
  readonly log: Log;
  /** A page that was let in has connected. */
  attach(socket: PageSocket, role: PanelRole): Omit<PageEvents, 'beat' | 'came'>;
}

/** Connections at a time, those of strangers and pages among them. */
const CONNECTIONS = 64;
const STRANGERS = 32;
const PAGES = 8;
/** Between pings; a page that is silent from one to the next is gone. */
const PING_MS = 15_000;
/** A page that reads this many bytes too slowly is hung up on. */
const MAX_BACKLOG = 4 * 1024 * 1024;
const GOODBYE_MS = 300;

interface Page {
  readonly socket: PageSocket;
  /** Whose page it is. */
  readonly session: Session;
  alive: boolean;
}

/** The local web page's server: hands out the page, and connects it. Loopback unless told otherwise. */
export class Panel {
  private readonly sockets = new Sockets();
  private readonly strangers = new Strangers(STRANGERS);
  private readonly pages = new Set<Page>();
  private open: { readonly server: Server; readonly port: number; readonly gate: Gate } | undefined;
  private pinging: Timer | undefined;

  constructor(private readonly parts: PanelParts) {}

  /** Starts to listen; throws `panel/listen`. */
  async start(): Promise<void> {
    const { host, hostname, sessions, files, clock, tls } = this.parts;
    const server = await this.listen();
    server.on('connection', (socket) => this.strangers.add(socket));
    const { port } = server.address() as AddressInfo;
    const access = new Access(sessions, `carter-panel-${port}`, clock, tls !== undefined);
    const allowances = new Allowances(clock);
    const scheme = tls ? ('https' as const) : ('http' as const);
    const gate = { scheme, hosts: hostsOf(host, port, hostname, scheme), access, allowances, files };
    server.on('request', (request, response) => {
      // A viewer's connections without a page are among those of strangers, so that he cannot hold them all.
      if (access.admits(request.headers.cookie)?.role === 'operator') this.strangers.know(request.socket);
      answer(request, response, gate);
    });
    server.on('upgrade', (request, connection, head) => this.upgrade(request, connection, head, gate));
    sessions.watch((id) => this.shutOut(id));
    server.on('error', (error) => this.parts.log.warn({}, `panel: ${describeError(error)}`));
    this.open = { server, port, gate };
    this.ping();
  }

  /** A link that lets one browser in, once, within a quarter of an hour; undefined while the panel is not open. */
  link(role: PanelRole): string | undefined {
    if (!this.open) return undefined;
    const { host } = this.parts;
    const shown = isEveryInterface(host) ? (lanAddress() ?? '127.0.0.1') : host;
    return `${this.open.gate.scheme}://${inUrl(shown)}:${this.open.port}/open/${this.open.gate.access.newCode(role)}`;
  }

  /** No link lets anybody in that was not opened yet. */
  forgetLinks(): void {
    this.open?.gate.access.forgetLinks();
  }

  /** Says goodbye to every page and frees the port. */
  async stop(): Promise<void> {
    const server = this.open?.server;
    this.open = undefined;
    this.pinging?.cancel();
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const { socket } of this.pages) socket.close(1001, 'the bridge stopped');
    const hurry = this.parts.clock.after(GOODBYE_MS, () => {
      for (const { socket } of this.pages) socket.drop();
      server.closeAllConnections();
    });
    server.closeIdleConnections();
    await closed;
    hurry.cancel();
  }

  private async listen(): Promise<Server> {
    const { host, port, orAnyPort, tls } = this.parts;
    const wanted = { host, port, connections: CONNECTIONS, tls };
    try {
      return await listenHttp(wanted).catch((error: NodeJS.ErrnoException) => {
        if (orAnyPort && error.code === 'EADDRINUSE') return listenHttp({ ...wanted, port: 0 });
        throw error;
      });
    } catch (cause) {
      const { message, hint } = listenFailure({ host, port }, cause, 'panel.host and panel.port');
      throw new BridgeError('panel/listen', message, { hint, cause });
    }
  }

  private upgrade(request: IncomingMessage, connection: Duplex, head: Buffer, gate: Gate): void {
    connection.on('error', () => connection.destroy());
    const session = gate.access.admits(request.headers.cookie);
    const status = refusesSocket(request, gate) ?? (this.hasRoom(session?.role) ? undefined : 503);
    if (status === undefined && session) {
      this.strangers.know(request.socket);
      this.sockets.accept(request, connection, head, (socket) => this.attach(socket, session, gate));
    } else {
      const refusal = `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`;
      // No deadline of the server watches over a connection any more that asked for an upgrade.
      connection.end(refusal, () => connection.destroy());
    }
  }

  /** Viewers leave half of the places to those who may do something. */
  private hasRoom(role: PanelRole | undefined): boolean {
    const viewers = [...this.pages].filter(({ session }) => session.role === 'viewer').length;
    return this.pages.size < PAGES && (role === 'operator' || viewers < PAGES / 2);
  }

  private shutOut(id: string): void {
    for (const { socket, session } of this.pages) if (session.id === id) socket.close(1008, 'signed out');
  }

  private attach(socket: PageSocket, session: Session, { allowances }: Gate): PageEvents {
    const page: Page = { socket, session, alive: true };
    this.pages.add(page);
    const guarded: PageSocket = {
      get buffered() {
        return socket.buffered;
      },
      send: (text) => {
        if (socket.buffered > MAX_BACKLOG) socket.drop();
        else socket.send(text);
      },
      close: (code, reason) => socket.close(code, reason),
      drop: () => socket.drop(),
      ping: () => socket.ping(),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    };
    const reading = new PacedReading(socket, allowances.of(session).bytes, this.parts.clock);
    // Its browser may have sent too much by another one a moment ago.
    reading.came(0);
    const events = this.parts.attach(guarded, session.role);
    const beat = () => {
      page.alive = true;
      reading.came(FRAME_COST);
    };
    return {
      came: (bytes) => reading.came(bytes),
      message: (text) => {
        beat();
        events.message(text);
      },
      beat,
      closed: () => {
        this.pages.delete(page);
        reading.end();
        events.closed();
      },
    };
  }

  private ping(): void {
    this.pinging = this.parts.clock.after(PING_MS, () => {
      for (const page of this.pages) {
        if (!page.alive) page.socket.drop();
        page.alive = false;
        page.socket.ping();
      }
      this.ping();
    });
  }
}

function answer(request: IncomingMessage, response: ServerResponse, gate: Gate): void {
  const { status, headers, body } = answerTo(request, gate);
  response.writeHead(status, { ...guardHeaders(request.headers.host ?? '', gate.scheme), ...headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}
