import { type Clock, sleep } from '../../src/clock.js';
import type { Command, Confirmed, DeviceDriver, DeviceIo, DeviceSession } from '../../src/device/driver.js';
import type { PointSpec, Value } from '../../src/device/point.js';
import { BridgeError } from '../../src/error.js';

/** How a scripted device takes a command. */
export type Manner = 'obeys' | 'late' | 'silent' | 'deaf' | 'refuses' | 'lies';

/** A device in memory with behaviours; its outputs and everything it was told can be looked at. */
export class ScriptedDevice implements DeviceDriver {
  manner: Manner = 'obeys';
  /** Milliseconds that a late device takes. */
  delay = 300;
  /** Outputs as they are. */
  readonly outputs = new Map<string, Value>();
  /** Every command that reached the device, in order. */
  readonly told: Command[] = [];
  /** Times that the bridge connected. */
  connections = 0;
  /** Thrown at the next connections, while set. */
  unreachable: Error | undefined;
  /** Says its outputs on connection. */
  readsBack = true;
  io: DeviceIo | undefined;

  constructor(
    readonly points: readonly PointSpec[],
    private readonly clock: Clock,
  ) {
    for (const { id, role, safe } of points) if (role === 'actuator') this.outputs.set(id, safe ?? false);
  }

  async connect(io: DeviceIo): Promise<DeviceSession> {
    if (this.unreachable) throw this.unreachable;
    this.connections++;
    this.io = io;
    io.describe(this.points);
    if (this.readsBack) this.say();
    return { identity: { id: 'scripted' }, apply: (command, signal) => this.apply(command, signal) };
  }

  /** Says all outputs. */
  say(): void {
    this.io?.report([...this.outputs].map(([point, value]) => ({ point, value })));
  }

  private async apply(command: Command, signal: AbortSignal): Promise<Confirmed> {
    this.told.push(command);
    switch (this.manner) {
      case 'silent':
        await sleep(this.clock, 60_000, signal);
        break;
      case 'deaf':
        await new Promise(() => {});
        break;
      case 'late':
        await sleep(this.clock, this.delay, signal);
        break;
      case 'refuses':
        throw new BridgeError('device/refused', 'too hot');
      case 'lies':
        throw new BridgeError('device/mismatch', `${command.point} is something else`);
      case 'obeys':
        break;
    }
    this.outputs.set(command.point, command.value);
    this.say();
    return { value: command.value, settled: true };
  }
}
