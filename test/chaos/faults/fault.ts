import type { World } from '../world.js';

/** Ends a fault; it is over once that is done. */
export type End = () => void | Promise<void>;

/** One kind of trouble. */
export interface FaultKind {
  /** What it is, in words. */
  readonly name: string;
  /** What it takes for itself: of two faults with the same aspect and target only one is there at a time. */
  readonly aspect:
    | 'plug'
    | 'line'
    | 'device'
    | 'relay'
    | 'phone'
    | 'taps'
    | 'clock'
    | 'disk'
    | 'config'
    | 'process'
    | 'supply';
  /** What it may befall. */
  targets(world: World): readonly string[];
  begin(world: World, target: string, random: () => number): End;
  /** Milliseconds for which the bridge then holds off on purpose: recovery counts from when it tries again. */
  readonly holdsOff?: number;
}

/** Does `work` every `ms` until the fault ends. */
export function every(world: World, ms: number, work: () => void): () => void {
  const { clock } = world.stage;
  let timer = clock.after(0, again);
  function again() {
    timer = clock.after(ms, again);
    work();
  }
  return () => timer.cancel();
}

/** What is returned tells whether the bridge of now still runs, awake now as well as then. */
export function sameBridge({ host }: World): () => boolean {
  const { awake, begins } = host;
  return () => awake && host.awake && host.begins === begins;
}

/** Does `work` once in `ms`, if the same bridge ran all the time, not held up; what is returned keeps it from that. */
export function whenWell(world: World, ms: number, work: () => void): () => void {
  const { stage, host } = world;
  const { heldMs } = host;
  const isSame = sameBridge(world);
  const timer = stage.clock.after(ms + stage.slackMs, () => {
    if (isSame() && host.heldMs === heldMs) work();
  });
  return () => timer.cancel();
}

/** All devices. */
export function devices(world: World): readonly string[] {
  return [...world.cables.keys()];
}

/** Devices that speak the board protocol. */
export function boards(world: World): readonly string[] {
  return [...world.specimens.values()].filter(({ speaksProtocol }) => speaksProtocol).map(({ id }) => id);
}
