import { join } from 'node:path';
import type { EmergencyStop } from './action/estop.js';
import type { BridgeParts } from './bridge-parts.js';
import type { Config } from './config/schema.js';
import type { BridgeCounts } from './metrics/bridge-metrics.js';
import { MetricsServer } from './metrics/server.js';
import { Notices } from './notify/notices.js';
import { LocalPanel, type LocalPanelParts } from './panel/local-panel.js';
import { Sessions } from './panel/sessions.js';
import { Renewable } from './renewable.js';
import { StateFile } from './state/state-file.js';
import type { Store } from './state/store.js';
import type { BridgeStatus } from './status.js';

/** What onlookers are built from. */
export interface OnlookersParts extends Pick<LocalPanelParts, 'desk' | 'requests'> {
  /** What the bridge is built from now. */
  given(): BridgeParts;
  openChannel: LocalPanelParts['open'];
  status(): BridgeStatus;
  readonly counts: BridgeCounts;
  readonly store: Store;
  readonly estop: Pick<EmergencyStop, 'watch'>;
}

/** What has become different, so that onlookers may have to be others. */
export interface OnlookersChange {
  readonly sections: ReadonlySet<keyof Config>;
  /** The panel is to be elsewhere, or not to be. */
  readonly panel: boolean;
  /** The bridge says other things than before. */
  readonly reshaped: boolean;
}

/** All that sees the bridge without the relay: the panel in browsers, monitoring, and notices to phones whose app is closed. */
export class Onlookers {
  private readonly panels: Renewable<LocalPanel>;
  private readonly servers: Renewable<MetricsServer>;
  private readonly notices: Notices;
  /** One for all panels to come: what one has not written yet, another one could not read. */
  private sessions: Sessions | undefined;

  constructor(private readonly parts: OnlookersParts) {
    const { clock, log } = parts.given();
    const common = (part: string) => ({ what: `opening the ${part}`, clock, log: log.child({ part }) });
    this.panels = new Renewable({ ...common('panel'), build: () => this.buildPanel() });
    this.servers = new Renewable({ ...common('metrics'), build: () => this.buildMetrics() });
    this.notices = new Notices({ ...parts, config: () => parts.given().config, clock, log });
  }

  get panel(): LocalPanel | undefined {
    return this.panels.current;
  }

  get metrics(): MetricsServer | undefined {
    return this.servers.current;
  }

  async start(): Promise<void> {
    this.notices.renew();
    await Promise.all([this.panels.start(), this.servers.start()]);
  }

  /** Begins anew what has to be, and nothing else. */
  async renew({ sections, panel, reshaped }: OnlookersChange): Promise<void> {
    if (sections.has('notify') || sections.has('relay')) this.notices.renew();
    if (sections.has('metrics')) await this.servers.renew();
    if (panel) await this.panels.renew();
    else if (reshaped) this.panel?.refresh();
  }

  /** No notice is sent any more: what is lost from now on is stopped. */
  quiet(): void {
    this.notices.stop();
  }

  /** Tells every page that all is offline. */
  async lastFrames(): Promise<void> {
    await this.panel?.lastFrames();
  }

  async stop(): Promise<void> {
    this.notices.stop();
    await Promise.all([this.panels.stop(), this.servers.stop(), this.sessions?.settled()]);
  }

  private buildPanel(): LocalPanel | undefined {
    const { desk, requests, openChannel: open, given } = this.parts;
    const { config, panel: options, clock, log: all } = given();
    if (!options) return undefined;
    const { stateDir } = config.bridge;
    const log = all.child({ part: 'panel' });
    this.sessions ??= new Sessions(clock, new StateFile(join(stateDir, 'panel.json'), log));
    const { sessions } = this;
    return new LocalPanel({ options, stateDir, sessions, desk, requests, open, clock, log });
  }

  private buildMetrics(): MetricsServer | undefined {
    const { status, counts, given } = this.parts;
    const { config, hostname, clock, log } = given();
    const { metrics } = config;
    return (
      metrics && new MetricsServer({ ...metrics, hostname, status, counts, clock, log: log.child({ part: 'metrics' }) })
    );
  }
}
