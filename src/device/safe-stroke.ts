import { type Clock, deadline } from '../clock.js';
import { BridgeError } from '../error.js';
import type { DeviceSession } from './driver.js';
import type { SafeOutput } from './safe-outputs.js';

/** The outputs of a device have this long to confirm their safe values. */
const SAFE_MS = 1_000;

/** What putting outputs to their safe values needs. */
export interface SafeStrokeParts {
  session: DeviceSession;
  outputs: readonly SafeOutput[];
  /** True where these are all that the device's own stop would concern: it spares none. */
  all: boolean;
  clock: Clock;
  /** Outputs that did not confirm, and why. */
  failed(points: readonly string[], error: unknown): void;
}

/** Puts outputs to their safe values at once, in one stroke where the device can; resolves within a second, and never rejects. */
export async function strokeSafe({ session, outputs, all, clock, failed }: SafeStrokeParts): Promise<void> {
  const abort = new AbortController();
  const late = () => new BridgeError('device/timeout', 'the output did not confirm its safe value in time');
  // Async, so that a driver that throws at once takes nobody else's safe value along.
  const attempt = (points: readonly string[], work: () => Promise<unknown>) =>
    deadline(clock, SAFE_MS, (async () => await work())(), late).catch((error: unknown) => failed(points, error));
  const one = ({ id, safe }: SafeOutput) =>
    attempt([id], () => session.apply({ point: id, value: safe }, abort.signal));
  const stroke = all ? session.safeAll?.bind(session) : undefined;
  const points = outputs.map(({ id }) => id);
  await Promise.all(stroke ? [attempt(points, () => stroke(abort.signal))] : outputs.map(one));
  abort.abort(late());
}
