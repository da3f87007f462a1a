import type { Bridge } from '../bridge.js';
import type { Timer } from '../clock.js';
import { changedSections, fixedProblems } from '../config/changes.js';
import { ConfigError, formatProblem } from '../config/config-error.js';
import { type LoadedConfig, loadConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import type { FleetChange } from '../device/fleet-change.js';
import { describeError } from '../error.js';
import { FailureLog } from '../failure-log.js';
import type { ProgramLog } from '../logger.js';
import type { PanelOptions } from '../panel/local-panel.js';
import type { Recorder } from '../record/recorder.js';
import type { ServiceManager } from '../service/service-manager.js';
import type { CliContext } from './context.js';
import { type JoinedRelay, joinRelay } from './join-relay.js';
import { showLink } from './panel.js';

/** What reading a config anew needs. */
export interface ReloaderParts {
  readonly file: string;
  readonly bridge: Pick<Bridge, 'reload' | 'reloads' | 'panel' | 'config'>;
  readonly loaded: LoadedConfig;
  readonly relay: JoinedRelay;
  /** Names and addresses of this machine, for a certificate that is made. */
  readonly names: readonly string[];
  /** Where a config wants the panel. */
  panel(config: Config): PanelOptions | undefined;
  /** What everything is recorded with. */
  readonly recorder?: Pick<Recorder, 'note'> | undefined;
  readonly service: Pick<ServiceManager, 'reloading' | 'reloaded'> | undefined;
  readonly context: CliContext;
  readonly log: ProgramLog;
}

const REFUSED = 'the config was not taken; the bridge goes on with the one that it has';
const HALF = 'the config was taken in part only; restart the bridge to have all of it';
/** What fails where our own relay can't be had back, and milliseconds until it is tried again. */
const BACK = 'opening the relay again';
const AGAIN_MS = 5_000;

/** Reads the config file anew when asked: a good one is taken, only what it changes begun anew; a bad one changes nothing. */
export class Reloader {
  /** The relay that is joined now. */
  relay: JoinedRelay;
  private config: Config;
  /** What was secret once stays out of the log. */
  private readonly secrets: Set<string>;
  private running: Promise<void> | undefined;
  private again = false;
  /** While our own relay is to be had back. */
  private regaining: Timer | undefined;
  private readonly failures: FailureLog;

  constructor(private readonly parts: ReloaderParts) {
    this.relay = parts.relay;
    this.config = parts.loaded.config;
    this.secrets = new Set(parts.loaded.secrets);
    this.failures = new FailureLog(parts.log, parts.context.clock);
  }

  /** Reads it now, or once more as soon as it was read. Never rejects. */
  async request(): Promise<void> {
    this.again = true;
    this.running ??= this.work();
    await this.running;
  }

  private async work(): Promise<void> {
    const { bridge, service, context, log } = this.parts;
    service?.reloading();
    let status = '';
    while (this.again && !context.signal.aborted) {
      this.again = false;
      try {
        status = await this.read();
        bridge.reloads[status === REFUSED ? 'refused' : 'taken']++;
      } catch (error) {
        const lines = error instanceof ConfigError ? error.problems.map(formatProblem) : [describeError(error)];
        for (const line of lines) log.error({}, line);
        status = bridge.config === this.config ? REFUSED : HALF;
        log.error({}, status);
        this.config = bridge.config;
        bridge.reloads.refused++;
      }
    }
    this.running = undefined;
    if (!context.signal.aborted) service?.reloaded(status);
  }

  private async read(): Promise<string> {
    const { file, context, log } = this.parts;
    const { config, warnings, secrets } = loadConfig(file, context);
    const before = this.config;
    const fixed = fixedProblems(before, config);
    if (fixed.length > 0) {
      for (const problem of fixed) log.error({}, problem);
      log.error({}, REFUSED);
      return REFUSED;
    }
    for (const secret of secrets) this.secrets.add(secret);
    log.take({ level: before.log.level, secrets: [...this.secrets] });
    for (const warning of warnings) log.warn({}, formatProblem(warning));
    const sections = changedSections(before, config);
    const devices = sections.size > 0 ? await this.take(config, sections.has('relay')) : {};
    if (sections.size > 0) this.config = config;
    log.take({ level: config.log.level, secrets: [...this.secrets] });
    const done = sections.size > 0 ? 'the config was taken' : 'the config says nothing new';
    log.info({ sections: [...sections], ...devices }, done);
    return done;
  }

  /** Resolves with what became of devices. */
  private async take(config: Config, moves: boolean): Promise<FleetChange> {
    const { bridge, context } = this.parts;
    const before = this.relay;
    const had = bridge.panel;
    if (moves) this.relay = await this.join(config);
    let devices: FleetChange;
    try {
      devices = await this.apply(config);
    } catch (error) {
      if (before !== this.relay && bridge.config !== config) await this.back(before, config);
      throw error;
    }
    if (before !== this.relay) await before.stop();
    const link = bridge.panel === had ? undefined : bridge.panel?.link();
    if (link !== undefined) showLink(link, this.parts.file, context);
    return devices;
  }

  private async apply(config: Config): Promise<FleetChange> {
    const { bridge, panel, recorder } = this.parts;
    const { url: relayUrl, token, trust, dial, openRelay, pairing } = this.relay;
    recorder?.note({ config, openRelay });
    return await bridge.reload({ config, relayUrl, token, trust, dial, openRelay, pairing, panel: panel(config) });
  }

  /** The relay of another config; one of our own that is at the same port has to free it before. */
  private async join(config: Config): Promise<JoinedRelay> {
    const { names, context, log } = this.parts;
    const isInTheWay = this.isInTheWay(config);
    if (isInTheWay) await this.relay.stop();
    try {
      const relay = await joinRelay(config, context.clock, log, names);
      this.regaining?.cancel();
      this.regaining = undefined;
      return relay;
    } catch (error) {
      if (isInTheWay) await this.regain();
      throw error;
    }
  }

  /** The bridge did not take the config whose relay was joined. */
  private async back(before: JoinedRelay, refused: Config): Promise<void> {
    await this.relay.stop();
    this.relay = before;
    if (this.isInTheWay(refused)) await this.regain();
  }

  private isInTheWay({ relay }: Config): boolean {
    const { port } = this.config.relay.embedded ?? {};
    return port !== undefined && port !== 0 && port === relay.embedded?.port;
  }

  /** Opens our own relay again as it was. Its port may be somebody else's meanwhile: then until it is free. Never rejects. */
  private async regain(): Promise<void> {
    const { names, context, log } = this.parts;
    this.regaining?.cancel();
    this.regaining = undefined;
    try {
      this.relay = await joinRelay(this.config, context.clock, log, names);
      await this.apply(this.config);
      this.failures.recovered(BACK);
    } catch (error) {
      this.failures.failed(BACK, error);
      this.regaining = context.clock.after(AGAIN_MS, () => void this.tryAgain());
    }
  }

  private async tryAgain(): Promise<void> {
    // Whoever reads a config now may find another relay.
    await this.running;
    if (!this.regaining || this.parts.context.signal.aborted) return;
    this.running = this.regain().finally(() => {
      this.running = undefined;
    });
    await this.running;
    if (this.again) await this.request();
  }
}
