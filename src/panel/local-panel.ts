import type { Requests } from '../action/requests.js';
import type { Router } from '../action/router.js';
import { type CertificateSource, loadCertificate } from '../certificate.js';
import type { Clock } from '../clock.js';
import type { Publisher } from '../frame/publisher.js';
import type { LogEntry } from '../frame/shapes.js';
import type { FrameSink } from '../frame/sink.js';
import { isLoopback } from '../http/address.js';
import type { Log } from '../log.js';
import type { Desk } from './desk.js';
import { loadPage } from './page-files.js';
import { Panel } from './panel.js';
import type { PanelRole, Sessions } from './sessions.js';
import type { PageSocket } from './sockets.js';
import { Viewer } from './viewer.js';

/** Where the panel is, and which page it shows. */
export interface PanelOptions {
  readonly host: string;
  readonly port: number;
  /** True: any free port where that one is taken. */
  readonly orAnyPort: boolean;
  /** The folder of the built page. */
  readonly page: string;
  /** This machine's name, under which others may ask for the page. */
  readonly hostname: string;
  /** Encrypts with this certificate, or one that is made and kept. */
  readonly tls?: CertificateSource | undefined;
  /** Names and addresses that a certificate made here is for. */
  readonly names?: readonly string[];
}

/** What the panel of a bridge is built from. */
export interface LocalPanelParts {
  readonly options: PanelOptions;
  /** Where a certificate is kept that is made. */
  readonly stateDir: string;
  /** The browsers that were let in, by the panel before this one too. */
  readonly sessions: Sessions;
  readonly desk: Desk;
  readonly requests: Pick<Requests, 'knows' | 'answer'>;
  /** A channel of its own for a page. */
  open(sink: FrameSink): { readonly publisher: Publisher; readonly router: Router };
  readonly clock: Clock;
  readonly log: Log;
}

/** The panel of a bridge: its server, and a viewer for each page that has it open. */
export class LocalPanel {
  private readonly viewers = new Set<Viewer>();
  private panel: Panel | undefined;
  private count = 0;

  constructor(private readonly parts: LocalPanelParts) {}

  /** Opens the panel; throws where it can't. */
  async start(): Promise<void> {
    const { options, stateDir, sessions, clock, log } = this.parts;
    const attach = (socket: PageSocket, role: PanelRole) => this.attach(socket, role);
    const { names = [] } = options;
    const tls = options.tls && (await loadCertificate(options.tls, { stateDir, names, clock, log }));
    const panel = new Panel({ ...options, tls, sessions, files: loadPage(options.page), clock, log, attach });
    await panel.start();
    if (tls) log.info({ sha256: tls.fingerprint }, 'the panel encrypts with this certificate');
    this.panel = panel;
    if (!isLoopback(options.host) && !options.tls) {
      log.warn({}, 'the panel is open to the network without encryption: whoever reads along can let himself in');
    }
  }

  /** A link that lets one browser in; undefined while the panel is not open. */
  link(role: PanelRole = 'operator'): string | undefined {
    return this.panel?.link(role);
  }

  /** Shuts all browsers out that were let in, and those that have a link; also while the panel can not be opened. */
  async shutOut(): Promise<{ readonly count: number; readonly remembered: boolean }> {
    this.panel?.forgetLinks();
    return await this.parts.sessions.endAll();
  }

  /** A line for the log consoles of the pages' layouts. */
  tell(entry: LogEntry): void {
    for (const { publisher } of this.viewers) publisher.log(entry);
  }

  /** The relay let us in, or is gone. */
  relayChanged(): void {
    this.parts.desk.relayChanged();
  }

  /** Tells every page that all is offline. */
  async lastFrames(): Promise<void> {
    await Promise.all([...this.viewers].map(({ publisher }) => publisher.lastFrames()));
  }

  /** What pages are told is something else now: they come back by themselves. */
  refresh(): void {
    for (const viewer of this.viewers) viewer.dismiss('what the bridge says has changed');
  }

  async stop(): Promise<void> {
    await this.panel?.stop();
  }

  private attach(socket: PageSocket, role: PanelRole) {
    const { desk, requests, clock, log } = this.parts;
    const open = (sink: FrameSink) => this.parts.open(sink);
    const viewer = new Viewer({ name: `panel-${++this.count}`, role, socket, desk, requests, open, clock });
    this.viewers.add(viewer);
    return {
      message: (text: string) => {
        try {
          viewer.message(text);
        } catch (error) {
          log.error({ err: error }, 'the handler of a frame of a page failed');
        }
      },
      closed: () => {
        this.viewers.delete(viewer);
        viewer.closed();
      },
    };
  }
}
