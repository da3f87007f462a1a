import type { OutcomeCounts } from '../action/outcome-counts.js';
import type { DeviceCounters } from '../device/counters.js';
import type { Fleet } from '../device/fleet.js';
import { REFUSAL_CODES } from '../device/outcome.js';
import type { PublisherStats } from '../frame/publisher-parts.js';
import type { MeshStats } from '../mesh/client-stats.js';
import type { FileReport, StateFolder } from '../state/state-folder.js';
import type { Health } from '../state/store.js';
import type { BridgeStatus } from '../status.js';
import type { Metric, Sample } from './exposition.js';

/** What a bridge counts, in the parts that count it. */
export interface BridgeCounts {
  readonly fleet: Pick<Fleet, 'devices'>;
  readonly commands: { readonly outcomes: OutcomeCounts; readonly unanswered: number };
  readonly publisher: { readonly stats: PublisherStats };
  readonly mesh: { readonly stats: MeshStats };
  readonly memory: { readonly folder: Pick<StateFolder, 'report'> };
  /** Configs that were read anew. */
  readonly reloads: { readonly taken: number; readonly refused: number };
  /** Routed requests. */
  readonly requests: { readonly outcomes: { readonly ok: number; readonly refused: number } };
}

const HEALTH: readonly Health[] = ['online', 'stale', 'degraded', 'offline', 'unapproved'];

/** What the bridge counted since its start and how it is now. Labels are ids of devices and words of our own, nothing that phones or boards may choose freely. */
export function bridgeMetrics(status: BridgeStatus, counts: BridgeCounts): Metric[] {
  return [bridge, devices, commands, storage, relay].flatMap((some) => some(status, counts));
}

function bridge({ version, up_s, stopped }: BridgeStatus, { reloads }: BridgeCounts): Metric[] {
  return [
    gauge('carter_info', 'Which bridge this is', [{ labels: { version }, value: 1 }]),
    gauge('carter_uptime_seconds', 'Time since the start', [{ value: up_s }]),
    gauge('carter_estop_latched', 'Whether the emergency stop is latched', [{ value: Number(stopped) }]),
    counter('carter_config_reloads_total', 'Configs that were read anew', by('outcome', reloads)),
  ];
}

function devices(status: BridgeStatus, { fleet }: BridgeCounts): Metric[] {
  const health = Object.entries(status.devices).flatMap(([device, is]) =>
    HEALTH.map((word) => ({ labels: { device, health: word }, value: Number(is.health === word) })),
  );
  const each = (read: (counters: DeviceCounters) => Sample[]) =>
    [...fleet.devices.values()].flatMap(({ id, counters }) =>
      read(counters).map(({ labels, value }) => ({ labels: { device: id, ...labels }, value })),
    );
  const count = (name: string, help: string, read: (counters: DeviceCounters) => number) =>
    counter(
      `carter_device_${name}_total`,
      help,
      each((counters) => [{ value: read(counters) }]),
    );
  return [
    gauge('carter_device_health', 'How the device is: 1 at the word that holds', health),
    count('sessions', 'Connections to the device that came about', ({ sessions }) => sessions),
    count('readings', 'Values that the device said', ({ readings }) => readings),
    count('lines', 'Lines that could be read', ({ lines }) => lines),
    counter(
      'carter_device_bad_lines_total',
      'Lines that could not be read',
      each(({ overlong, garbled, partial }) => by('reason', { overlong, garbled, partial })),
    ),
    counter(
      'carter_device_bytes_total',
      'Bytes on the line of the device, from it and to it',
      each(({ bytesIn, bytesOut }) => by('direction', { in: bytesIn, out: bytesOut })),
    ),
    count('ignored', 'Lines and values that meant nothing', ({ ignored }) => ignored),
    count('out_of_range', 'Values outside of the range of their sensor', ({ outOfRange }) => outOfRange),
    count(
      'restart_budgets_spent',
      'Times that it was lost too often within a minute',
      ({ spentBudgets }) => spentBudgets,
    ),
    count('undervoltage_losses', 'Times that it was lost while the supply was too low', ({ brownOuts }) => brownOuts),
    count('driver_errors', 'Faults of the driver itself', ({ driverErrors }) => driverErrors),
  ];
}

function commands(_: BridgeStatus, { commands: { outcomes, unanswered }, requests }: BridgeCounts): Metric[] {
  const refusals = REFUSAL_CODES.map((code) => ({ labels: { code }, value: outcomes.refused.get(code) ?? 0 }));
  const refused = refusals.reduce((sum, { value }) => sum + value, 0);
  return [
    counter(
      'carter_commands_total',
      'Commands by their outcome; ok: the device confirmed it',
      by('outcome', { ok: outcomes.ok, refused, unanswered }),
    ),
    counter('carter_command_refusals_total', 'Refused commands by the reason', refusals),
    counter('carter_requests_total', 'Routed requests by their outcome', by('outcome', requests.outcomes)),
  ];
}

function storage(_: BridgeStatus, { memory }: BridgeCounts): Metric[] {
  const files = memory.folder.report();
  const each = (read: (report: FileReport) => number) =>
    files.map((report) => ({ labels: { file: report.file }, value: read(report) }));
  return [
    gauge(
      'carter_state_failing',
      'Whether the file could not be written the last time',
      each(({ failing }) => Number(failing)),
    ),
    counter(
      'carter_state_write_failures_total',
      'Writes of the file that failed',
      each(({ failures }) => failures),
    ),
    counter(
      'carter_state_set_aside_total',
      'Times that the file could not be used',
      each(({ setAsides }) => setAsides),
    ),
  ];
}

function relay({ relay: place }: BridgeStatus, { publisher, mesh }: BridgeCounts): Metric[] {
  const { admissions, received, sent, bytesIn, bytesOut, dropped } = mesh.stats;
  const { frames, droppedAcks, droppedEvents, droppedLogs, oversize } = publisher.stats;
  const unsaid = { ack: droppedAcks, event: droppedEvents, log: droppedLogs, oversize };
  return [
    gauge('carter_relay_joined', 'Whether the relay has let us in', [{ value: Number(place === 'joined') }]),
    counter('carter_relay_reconnects_total', 'Times that the relay let us in again', [
      { value: Math.max(0, admissions - 1) },
    ]),
    counter('carter_relay_frames_total', 'Frames from and to the relay', by('direction', { in: received, out: sent })),
    counter('carter_relay_bytes_total', 'Bytes of those frames', by('direction', { in: bytesIn, out: bytesOut })),
    counter('carter_relay_bad_frames_total', 'Frames from the relay that were dropped', by('reason', dropped)),
    counter('carter_frames_total', 'Frames said on the channel', by('kind', frames)),
    counter('carter_frames_dropped_total', 'Frames that could not be said in time', by('kind', unsaid)),
  ];
}

function by(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([word, value]) => ({ labels: { [label]: word }, value }));
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: 'gauge', samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: 'counter', samples };
}
