import type { Clock } from '../clock.js';
import { BridgeError } from '../error.js';
import type { OpenLine } from '../port/line-link.js';
import type { DeviceIdentity } from './driver.js';
import type { Probe } from './driver-kind.js';
import { Exchanges } from './exchange.js';
import { HandoverLine } from './handover-line.js';

/** Who is at a port, and the line to it, still open. */
export interface Answered {
  readonly identity: DeviceIdentity;
  readonly line: HandoverLine;
}

/** Opens a port and asks who is there; undefined when nobody answers, and then the port is closed again. Throws `port/…`. */
export async function probePort(
  path: string,
  probe: Probe,
  openLine: OpenLine,
  clock: Clock,
  random: () => number,
  signal: AbortSignal,
): Promise<Answered | undefined> {
  const exchanges = new Exchanges(clock);
  const handlers = { line: (text: string) => exchanges.offer(text), defect: () => {} };
  const line = await HandoverLine.open(openLine, { port: path, baud: probe.baud }, handlers, signal);
  void line.link.ended.then((end) =>
    exchanges.rejectAll(end.error ?? new BridgeError('port/gone', 'the port was closed')),
  );
  const io = {
    clock,
    random,
    exchange: exchanges.ask.bind(exchanges),
  };
  try {
    const identity = await probe.ask(io, line.link, signal);
    if (identity) return { identity, line };
  } catch (error) {
    await line.drop();
    throw error;
  }
  await line.drop();
  return undefined;
}
