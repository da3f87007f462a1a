import { approveDevice, approveNewBoards } from '../action/approve.js';
import type { Commands } from '../action/commands.js';
import type { Router } from '../action/router.js';
import type { Clock } from '../clock.js';
import type { Fleet } from '../device/fleet.js';
import type { Memory } from '../memory.js';
import type { JsonObject } from '../mesh/frame.js';
import type { Pairing } from '../pairing.js';
import type { LocalPanel } from '../panel/local-panel.js';
import type { PhoneLayout } from '../phone-layout.js';
import type { PhonePush } from '../phone-push.js';
import { ownPid } from '../port/own-pid.js';
import type { PointState, Store } from '../state/store.js';
import type { BridgeStatus } from '../status.js';
import { watchPoint } from './point-watch.js';
import { type ControlAnswer, LONGEST_WELCOME } from './protocol.js';
import type { ControlHandlers } from './server.js';

/** What the answers are made from. */
export interface ControlParts {
  fleet: Fleet;
  store: Store;
  memory: Pick<Memory, 'last'>;
  router: Router;
  commands: Pick<Commands, 'arm' | 'audit'>;
  phoneLayout: Pick<PhoneLayout, 'layout' | 'api'>;
  push: PhonePush;
  clock: Clock;
  status(): BridgeStatus;
  /** The panel; undefined while there is none. */
  panel(): Pick<LocalPanel, 'link' | 'shutOut'> | undefined;
  /** What a phone needs to join now. */
  pairing(): Pairing;
}

/** Who asks, in the log and the audit. */
const LOCAL = 'command line';

/** Answers the command line from the running bridge's state. */
export function controlHandlers(parts: ControlParts): ControlHandlers {
  const { fleet, store, memory, router, phoneLayout, clock } = parts;
  const { devices } = fleet;
  const approver = { fleet, audit: parts.commands.audit };
  const describe = ({ spec, value, quality, at }: PointState): JsonObject => ({
    value,
    quality,
    age_ms: at === undefined ? null : Math.round(clock.now() - at),
    ...(spec.unit === undefined ? {} : { unit: spec.unit }),
    role: spec.role,
  });
  const unknownDevice = (device: string): ControlAnswer => {
    const known = store.devices().join(', ');
    const there = known ? `known: ${known}` : 'there are no devices';
    return { ok: false, code: 'unknown_point', message: `there is no device ${device}; ${there}` };
  };
  const unknownPoint = (device: string, point: string): ControlAnswer => {
    const known = [...store.points(device).keys()].join(', ') || 'none yet';
    return { ok: false, code: 'unknown_point', message: `${device} has no point ${point}; known: ${known}` };
  };
  /** The bridge itself has no outputs but the emergency stop, in two halves that are pressed. */
  const press = async (point: string, wish: unknown): Promise<ControlAnswer> => {
    if (point !== 'estop' && point !== 'estop_reset') {
      return { ok: false, code: 'unknown_point', message: 'of the bridge there are estop and estop_reset' };
    }
    if (readSwitch(wish) !== true) return { ok: false, code: 'type', message: `bridge.${point} is pressed: set it on` };
    if (point === 'estop') return { ...(await router.emergencyStop(LOCAL)) };
    return { ok: false, ...(await router.askRelease({ device: '', point: '', from: LOCAL, size: 0, via: 'local' })) };
  };
  return {
    get(device, point) {
      if (store.health(device) === undefined) return unknownDevice(device);
      const states = [...store.points(device).values()].filter(({ spec }) => point === undefined || spec.id === point);
      const last = Object.entries(memory.last(device)).filter(([id]) => point === undefined || id === point);
      if (point !== undefined && states.length === 0 && last.length === 0) return unknownPoint(device, point);
      const points = Object.fromEntries(states.map((state) => [state.spec.id, describe(state)]));
      return { ok: true, health: store.health(device), points, last: Object.fromEntries(last) };
    },
    async set(device, point, wish, arm) {
      if (device === 'bridge') return await press(point, wish);
      const spec = store.point(device, point)?.spec;
      const value = spec?.type === 'boolean' ? readSwitch(wish) : wish;
      const size = JSON.stringify(wish ?? null).length;
      const request = { device, point, value, from: LOCAL, size, via: 'local' } as const;
      const armed = arm ? await parts.commands.arm(request) : undefined;
      if (armed && !armed.ok) return { ...armed };
      const outcome = router.execute(request);
      return outcome ? { ...(await outcome) } : unknownDevice(device);
    },
    async approve(device) {
      const approval = await approveDevice(approver, device, LOCAL);
      if (!approval) return unknownDevice(device);
      const message = 'this could not be remembered and lasts until the next start; the log says why';
      return { ok: true, health: store.health(device), ...(approval.remembered ? {} : { message }) };
    },
    approveNew(ms) {
      const opened = approveNewBoards(approver, ms, LONGEST_WELCOME, LOCAL);
      return opened ? { ok: true } : { ok: false, message: 'this lasts ten minutes at most' };
    },
    status: () => ({ ok: true, pid: ownPid(), ...parts.status() }),
    layout: () => ({ ok: true, layout: phoneLayout.layout() }),
    panel(role) {
      const link = parts.panel()?.link(role);
      return link === undefined ? NO_PANEL : { ok: true, link };
    },
    async panelRevoke() {
      const ended = await parts.panel()?.shutOut();
      return ended ? { ok: true, ...ended } : NO_PANEL;
    },
    pairing: () => ({ ...parts.pairing() }),
    audit: () => ({ ok: true, commands: parts.commands.audit.list() }),
    push: async (phone) => ({ ...(await parts.push.push(phone)) }),
    contract: () => ({ ok: true, contract: phoneLayout.api() }),
    monitor(device, point) {
      if (point !== undefined) {
        if (store.health(device) === undefined) return unknownDevice(device);
        if (!store.point(device, point)) return unknownPoint(device, point);
        return (entry) => watchPoint(store, device, point, entry);
      }
      const traffic = devices.get(device)?.traffic;
      if (!traffic) return unknownDevice(device);
      return (entry) => traffic.watch(({ direction, text }) => entry({ direction, text }));
    },
  };
}

const NO_PANEL = {
  ok: false,
  code: 'no_panel',
  message: 'this bridge has no panel; `panel: {}` in its config opens one',
};

/** The words that people type for a switch. */
function readSwitch(wish: unknown): unknown {
  if (typeof wish !== 'string') return wish;
  if (/^(on|true|1)$/i.test(wish)) return true;
  if (/^(off|false|0)$/i.test(wish)) return false;
  return wish;
}
