import type { Ledger } from './ledger.js';
import { LEASE_MS, type Specimen } from './specimen.js';
import type { Stage } from './stage.js';
import type { Witness } from './witness.js';

const LOOK_MS = 250;
/** A board looks at its leases every 20 ms, and a slow one hears up to 550 ms late. */
const LEASE_SLACK_MS = 600;

/** What it takes to watch over the boards' leases. */
export interface LeasesParts {
  readonly stage: Pick<Stage, 'clock' | 'slackMs'>;
  readonly ledger: Ledger;
  readonly specimens: Iterable<Specimen>;
  readonly witnesses: ReadonlyMap<string, Witness>;
  isThere(id: string): boolean;
}

/** Has sensors measure something new all the time, and sees that no board has anything on without its host. */
export class Leases {
  private running = true;

  constructor(private readonly parts: LeasesParts) {}

  start(): void {
    if (!this.running) return;
    for (const { sense, simulated, wired } of this.parts.specimens) if (simulated ?? wired) sense();
    this.check();
    this.parts.stage.clock.after(LOOK_MS, () => this.start());
  }

  stop(): void {
    this.running = false;
  }

  private check(): void {
    const { stage, ledger, specimens, witnesses, isThere } = this.parts;
    for (const { id, on, speaksProtocol } of specimens) {
      const age = stage.clock.now() - (witnesses.get(id)?.renewedAt ?? 0);
      // A board without power has nothing on, whatever its model says.
      if (!speaksProtocol || age <= LEASE_MS + LEASE_SLACK_MS + stage.slackMs || !isThere(id)) continue;
      for (const point of on()) ledger.violate(`${id}.${point} is on ${age.toFixed(0)} ms after its host's last word`);
    }
  }
}
