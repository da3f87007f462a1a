/** What a control of a layout written by hand can be bound to. */
export type Target =
  | { readonly kind: 'point'; readonly device: string; readonly point: string }
  /** A device's health word; `bridge` is the bridge itself. */
  | { readonly kind: 'health'; readonly device: string }
  | { readonly kind: 'estop' | 'estop_reset' };

/** Reads `device.point`, `device` (its health), `bridge`, `bridge.estop` or `bridge.estop_reset`; undefined for anything else. */
export function targetOf(name: string): Target | undefined {
  const [device = '', point, ...rest] = name.split('.');
  if (device === '' || point === '' || rest.length > 0) return undefined;
  if (point === undefined) return { kind: 'health', device };
  if (device !== 'bridge') return { kind: 'point', device, point };
  return point === 'estop' || point === 'estop_reset' ? { kind: point } : undefined;
}

/** The target as the config writes it. */
export function targetName(target: Target): string {
  if (target.kind === 'point') return `${target.device}.${target.point}`;
  return target.kind === 'health' ? target.device : `bridge.${target.kind}`;
}
