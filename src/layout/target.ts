/** What a control of a layout written by hand can be bound to. */
export type Target =
  | { readonly kind: 'point'; readonly device: string; readonly point: string }
  /** A device's health word; `bridge` is the bridge itself. */
  | { readonly kind: 'health'; readonly device: string }
  | { readonly kind: 'estop' | 'estop_reset' }
  /** What the two axes of a stick move. */
  | { readonly kind: 'axes'; readonly axes: readonly AxisTarget[] };

/** A point, and the axis that moves it. */
export interface AxisTarget {
  readonly axis: Axis;
  readonly target: Extract<Target, { kind: 'point' }>;
}

export type Axis = 'x' | 'y';

/** What the config binds a control to: a name, or for a stick a point for each axis. */
export type BoundName = string | { readonly x?: string | undefined; readonly y?: string | undefined };

/** Reads `device.point`, `device` (its health), `bridge`, `bridge.estop` or `bridge.estop_reset`; undefined for anything else. */
export function targetOf(name: string): Target | undefined {
  const [device = '', point, ...rest] = name.split('.');
  if (device === '' || point === '' || rest.length > 0) return undefined;
  if (point === undefined) return { kind: 'health', device };
  if (device !== 'bridge') return { kind: 'point', device, point };
  return point === 'estop' || point === 'estop_reset' ? { kind: point } : undefined;
}

/** Reads what the config binds a control to; undefined where it is nothing of that kind. */
export function boundTarget(name: BoundName): Target | undefined {
  if (typeof name === 'string') return targetOf(name);
  const axes = (['x', 'y'] as const).flatMap((axis) => {
    const target = targetOf(name[axis] ?? '');
    return target?.kind === 'point' ? [{ axis, target }] : [];
  });
  return axes.length > 0 ? { kind: 'axes', axes } : undefined;
}

/** The target as the config writes it. */
export function targetName(target: Target): string {
  if (target.kind === 'axes') return target.axes.map(({ axis, target: to }) => `${axis}: ${targetName(to)}`).join(', ');
  if (target.kind === 'point') return `${target.device}.${target.point}`;
  return target.kind === 'health' ? target.device : `bridge.${target.kind}`;
}
