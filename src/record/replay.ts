import { Bridge } from '../bridge.js';
import type { Config } from '../config/schema.js';
import type { DriverRegister } from '../device/driver-kind.js';
import { seededRandom } from '../device/seeded-random.js';
import { BridgeError, describeError } from '../error.js';
import type { Log } from '../log.js';
import type { Pairing } from '../pairing.js';
import type { Pins } from '../port/pin.js';
import { type Entry, entryLine, type Recording } from './recording.js';
import { putRemembered } from './remembered.js';
import { ReplayClock } from './replay-clock.js';
import { ReplayedFiles } from './replayed-files.js';
import { ReplayedPorts } from './replayed-ports.js';
import { ReplayedSeat } from './replayed-seat.js';
import { Tally } from './tally.js';

/** What a replay needs. */
export interface ReplayParts {
  readonly recording: Recording;
  /** Other settings than those of then; name and namespace stay. */
  readonly config?: Config | undefined;
  readonly drivers: DriverRegister;
  /** An empty folder for what the bridge would remember. */
  readonly stateDir: string;
  readonly log: Log;
  /** Gets each reading, each line to a device and each frame that results, as lines of a recording are. */
  readonly out: (line: string) => void;
  /** Waits before `ms` milliseconds of the recording pass. */
  readonly pace: (ms: number) => Promise<void> | undefined;
  readonly signal: AbortSignal;
}

/** How much of what the bridge says in a replay is what it said then. */
export interface ReplayResult {
  readonly frames: Tally;
  readonly writes: Tally;
}

const none = () => Promise.reject(new BridgeError('pin/no-chip', 'a recording has no pins'));
const NO_PINS: Pins = { openInput: none, openOutput: none, openPwm: none };
const NOBODY: Pairing = { ok: false, message: 'nobody joins a recording' };
/** Reads that are no further apart may come from one look at all ports. */
const ONE_GO_MS = 1;
/** An orderly stop takes less. */
const STOP_MS = 2_000;

/** Lets a bridge live through a recording, by its clock: the same recording always gives the same. */
export async function replay(parts: ReplayParts): Promise<ReplayResult> {
  const { recording, drivers, stateDir, log, out } = parts;
  const { begun, head, entries } = recording;
  putRemembered(stateDir, head.remembered);
  const clock = new ReplayClock(begun, head.wall);
  const frames = new Tally();
  const writes = new Tally();
  let over = false;
  const tell = (tally: Tally, entry: Entry) => {
    if (over) return;
    tally.said(contentOf(entry));
    out(entryLine(entry));
  };
  const ports = new ReplayedPorts(clock, (port, data) => tell(writes, { t: clock.now(), port, dir: 'out', data }));
  const files = new ReplayedFiles();
  const seat: ReplayedSeat = new ReplayedSeat((frame) =>
    tell(frames, { t: clock.now(), relay: 'recorded', dir: 'out', frame }),
  );
  const settings = (config: Config): Config => {
    const { name, namespace } = head.config.bridge;
    // A recording is lived through, not watched over the network.
    const { metrics: _, notify: __, ...rest } = config;
    return { ...rest, bridge: { name, namespace, stateDir } };
  };
  const place = { relayUrl: 'ws://recorded', token: undefined, pairing: NOBODY };
  const bridge = new Bridge({
    ...place,
    config: settings(parts.config ?? head.config),
    openRelay: head.openRelay,
    drivers,
    version: head.version,
    hostname: 'recorded',
    clock,
    random: seededRandom(head.seed),
    log,
    ports,
    files,
    pins: () => NO_PINS,
    source: head.source,
    seat: seat.make,
  });
  const { store, memory } = bridge;
  clock.outside = () => memory.latch.settled();
  const tellReadings = (device: string, points: readonly string[]) => {
    if (over) return;
    for (const point of points) {
      const { value, quality } = store.point(device, point) ?? { value: null, quality: 'unknown' };
      out(JSON.stringify({ t: clock.now(), reading: `${device}.${point}`, value, quality }));
    }
  };
  store.subscribe({ changed: tellReadings, quality: tellReadings });
  const failed = (error: unknown) => log.error({}, `the config could not be taken: ${describeError(error)}`);
  let starting: Promise<void> | undefined;
  const happen = (entry: Entry): void => {
    if ('relay' in entry && entry.dir === 'in') seat.receive(entry.frame);
    else if ('dir' in entry && entry.dir === 'out') ('relay' in entry ? frames : writes).saidThen(contentOf(entry));
    else if ('bridge' in entry) {
      if (entry.bridge === 'stop') void bridge.stop();
      else starting ??= bridge.start();
    } else if ('config' in entry) {
      if (!parts.config)
        void bridge.reload({ ...place, config: settings(entry.config), openRelay: entry.openRelay }).catch(failed);
    } else if ('file' in entry) files.happen(entry);
    else ports.happen(entry);
  };
  for (const moment of moments(entries)) {
    if (parts.signal.aborted) break;
    const [{ t }] = moment;
    await parts.pace(t - clock.now());
    await clock.advanceTo(t);
    for (const entry of moment) happen(entry);
    await starting;
    await clock.settled();
  }
  over = true;
  const stopped = bridge.stop();
  await clock.advanceTo(clock.now() + STOP_MS);
  await stopped;
  return { frames, writes };
}

/** What was read in one go is heard before anything follows from it, as it was then: several ports can have said something. */
function* moments(entries: readonly Entry[]): Generator<[Entry, ...Entry[]]> {
  let moment: [Entry, ...Entry[]] | undefined;
  for (const entry of entries) {
    const [first] = moment ?? [];
    if (moment && first && isRead(first) && isRead(entry) && entry.t - first.t < ONE_GO_MS) moment.push(entry);
    else {
      if (moment) yield moment;
      moment = [entry];
    }
  }
  if (moment) yield moment;
}

function isRead(entry: Entry): boolean {
  return 'data' in entry && entry.dir === 'in';
}

/** What is said, whenever it is said. */
function contentOf(entry: Entry): string {
  if ('data' in entry) return `${entry.port} ${entry.data.toString('latin1')}`;
  if (!('frame' in entry)) return '';
  const { type, payload } = entry.frame;
  const { _seq, _ts, ...content } = (payload ?? {}) as { [key: string]: unknown };
  return JSON.stringify({ type, content });
}
