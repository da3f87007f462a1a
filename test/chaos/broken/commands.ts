import { BridgeError } from '../../../src/error.js';
import { altering, type Broken, dialling, forEver, sessions } from './parts.js';

/** As long as most pulses. */
const PULSE_MS = 700;

/** Bridges and drivers that do something else with a command than what they say of it. */
export const BROKEN_COMMANDS: readonly Broken[] = [
  [
    'a driver that waits until an output goes off by itself',
    /is confirmed as false, which the device was not told after it/,
    sessions((session, io) => ({
      apply: async (command, signal) => {
        if (command.value !== false) return await session.apply(command, signal);
        await new Promise<void>((resolve) => io.clock.after(PULSE_MS, resolve));
        return { value: false, settled: true };
      },
    })),
  ],
  [
    'a driver that refuses what it did',
    /was refused as device_refused and carried out/,
    sessions((session) => ({
      apply: async (command, signal) => {
        await session.apply(command, signal);
        throw new BridgeError('device/refused', 'no');
      },
    })),
  ],
  [
    'a driver that switches on twice',
    /=true is written once more than anybody asked for it/,
    sessions((session, io) => ({
      apply: async (command, signal) => {
        const confirmed = await session.apply(command, signal);
        if (command.value === true) {
          io.clock.after(300, () => void session.apply(command, forEver()).catch(() => {}));
        }
        return confirmed;
      },
    })),
  ],
  [
    'a bridge that hears only the first press of the emergency stop',
    /was not told to stop/,
    dialling((dial) => {
      let pressed = 0;
      return altering(dial, 'in', (said) => (said['msg_type'] === 'rig.estop' && pressed++ > 0 ? undefined : said));
    }),
    'emergency stop pressed again and again',
  ],
  [
    'a driver that tells boards alone of the emergency stop',
    /tank\..* was not told to stop/,
    sessions((session) => (session.identity.id === undefined ? { safeAll: async () => {} } : {})),
    'emergency stop',
  ],
];
