import { randomUUID } from 'node:crypto';
import { VirtualPhone } from '../../src/layout/virtual-phone.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from './eventually.js';
import type { Phone } from './phone.js';

/** A phone on a real relay that runs a layout, as the app does. */
export class LayoutPhone {
  readonly app: VirtualPhone;

  private constructor(phone: Phone, layout: unknown) {
    this.app = new VirtualPhone({
      layout,
      name: phone.name,
      clock: systemClock(),
      newId: randomUUID,
      send: (event, payload) => void phone.frame(event, payload),
    });
    phone.onBroadcast((payload) => this.app.receive(payload));
  }

  /** Opens the layout: the app asks for everything. */
  static open(phone: Phone, layout: unknown): LayoutPhone {
    const opened = new LayoutPhone(phone, layout);
    opened.app.connected();
    return opened;
  }

  /** What a control shows. */
  shown(id: string): unknown {
    return this.app.state(id)?.shown;
  }

  /** What a control shows from now on; for expectations that come true in time. */
  showing(id: string) {
    return eventually(() => this.shown(id));
  }

  /** Taps, and resolves once the wish is settled: with what the control then shows, and why it was refused. */
  async tap(id: string, value?: unknown): Promise<{ shown: unknown; code: string | undefined }> {
    this.app.act(id, { value });
    await eventually(() => this.app.state(id)?.pending).toBeUndefined();
    return { shown: this.shown(id), code: this.app.state(id)?.refusal?.code };
  }

  close(): void {
    this.app.close();
  }
}
