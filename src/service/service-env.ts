import type { Clock } from '../clock.js';
import { describeError } from '../error.js';
import type { Log } from '../log.js';
import { ownPid } from '../port/own-pid.js';
import { notifySocket } from './notify-socket.js';
import { ServiceManager } from './service-manager.js';

/** The service manager that the environment names, as sd_notify(3) and sd_watchdog_enabled(3) say; undefined where none waits for word. */
export function serviceManager(
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  log: Log,
): ServiceManager | undefined {
  const path = env['NOTIFY_SOCKET'];
  if (path === undefined || path === '') return undefined;
  try {
    return new ServiceManager({ notify: notifySocket(path), watchdogMs: watchdogMs(env), clock, log });
  } catch (error) {
    log.error({}, `the service manager waits for word and can't be told anything: ${describeError(error)}`);
    return undefined;
  }
}

/** The watchdog's period, where it is this process that is watched. */
function watchdogMs(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const ms = Number(env['WATCHDOG_USEC']) / 1_000;
  const pid = env['WATCHDOG_PID'];
  if (!Number.isFinite(ms) || ms <= 0 || (pid !== undefined && Number(pid) !== ownPid())) return undefined;
  return ms;
}
