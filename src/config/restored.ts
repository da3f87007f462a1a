import type { Config } from './schema.js';

/** The policies of an output that may bring back what was wished last. */
const POLICIES = ['onExit', 'onBoot', 'onDeviceLost', 'onRelayLost'] as const;

type Policies = { readonly [policy in (typeof POLICIES)[number]]?: unknown };

/** The outputs, as `device.point`, of which any policy is `restore`, whatever their driver. */
export function restoredOutputs({ devices }: Pick<Config, 'devices'>): ReadonlySet<string> {
  const all = [...devices].flatMap(([device, { options }]) => {
    const points = (options as { points?: Readonly<Record<string, Policies>> } | null)?.points ?? {};
    const restored = Object.entries(points).filter(([, point]) => POLICIES.some((name) => point[name] === 'restore'));
    return restored.map(([point]) => `${device}.${point}`);
  });
  return new Set(all);
}
