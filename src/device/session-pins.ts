import type { BridgeError } from '../error.js';
import { describeError } from '../error.js';
import type { Log } from '../log.js';
import type {
  InputHandlers,
  InputOptions,
  InputPins,
  OutputOptions,
  OutputPin,
  Pins,
  PwmOptions,
  PwmPin,
} from '../port/pin.js';

/** What a session's pins are opened with. */
export interface SessionPinsParts {
  readonly pins: Pins;
  readonly log: Log;
  /** Aborts when the session ends. */
  readonly signal: AbortSignal;
  /** Runs a driver's handler, which may fail. */
  guarded(handle: () => void): void;
  /** The pins are gone. */
  failed(error: BridgeError): void;
}

/** The pins that one session has open. */
export class SessionPins {
  private readonly open = new Set<{ close(): void }>();

  constructor(private readonly parts: SessionPinsParts) {}

  async openInput(options: InputOptions, handlers: Pick<InputHandlers, 'edges'>): Promise<InputPins> {
    const { pins, signal, guarded, failed } = this.parts;
    const edges: InputHandlers['edges'] = (changes) => {
      if (!signal.aborted) guarded(() => handlers.edges(changes));
    };
    return await this.keep(pins.openInput(options, { edges, failed }, signal));
  }

  async openOutput(options: OutputOptions): Promise<OutputPin> {
    return await this.keep(this.parts.pins.openOutput(options, this.parts.signal));
  }

  async openPwm(options: PwmOptions): Promise<PwmPin> {
    return await this.keep(this.parts.pins.openPwm(options, this.parts.signal));
  }

  /** Lets go of all pins, as they are. */
  close(): void {
    for (const pin of this.open) this.release(pin);
    this.open.clear();
  }

  /** Keeps what was opened until the session ends; where it has ended meanwhile, that is closed at once. */
  private async keep<Open extends { close(): void }>(opening: Promise<Open>): Promise<Open> {
    const { signal } = this.parts;
    const opened = await opening;
    if (signal.aborted) {
      this.release(opened);
      throw signal.reason;
    }
    this.open.add(opened);
    return opened;
  }

  private release(pin: { close(): void }): void {
    try {
      pin.close();
    } catch (error) {
      this.parts.log.warn({}, `a pin was not released: ${describeError(error)}`);
    }
  }
}
