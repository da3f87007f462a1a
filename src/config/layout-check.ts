import type { DriverKind, DriverRegister } from '../device/driver-kind.js';
import type { PointSpec } from '../device/point.js';
import { publishedSpec, readingOptionsOf } from '../device/reading-options.js';
import { Binding } from '../layout/bind.js';
import type { LayoutFinding } from '../layout/finding.js';
import { lint } from '../layout/lint.js';
import { type Hardware, lintHardware, nativeTargets } from '../layout/lint-hardware.js';
import { suggest } from '../layout/suggest.js';
import type { JsonObject } from '../mesh/frame.js';
import { DERIVED, formulaSpecs } from '../state/derived.js';
import { didYouMean, oneOf } from './did-you-mean.js';
import { formulasOf } from './formulas.js';
import type { Finding } from './problems.js';
import type { Config } from './schema.js';

/** Controls named in one sentence. */
const NAMED = 5;

/** The points of each device of a config, as far as its options tell them; derived ones too. */
export function knownPoints(
  { devices, derived }: Pick<Config, 'devices' | 'derived'>,
  drivers: DriverRegister,
): ReadonlyMap<string, readonly PointSpec[] | undefined> {
  const known = new Map(
    [...devices].map(([id, { driver, options }]) => [id, publishedPoints(drivers.get(driver), options)] as const),
  );
  const specOf = (device: string, point: string) => known.get(device)?.find(({ id }) => id === point);
  if (derived.size > 0) known.set(DERIVED, formulaSpecs(formulasOf(derived), specOf));
  return known;
}

/** The points that a device's options tell, as they are behind their filters. */
function publishedPoints(kind: DriverKind | undefined, options: unknown): readonly PointSpec[] | undefined {
  const readings = readingOptionsOf(options);
  return kind?.points?.(options)?.map((spec) => publishedSpec(spec, readings.get(spec.id) ?? {}, false));
}

/** What a config says of the hardware behind a layout. */
export function hardwareOf(config: Pick<Config, 'devices' | 'derived'>, drivers: DriverRegister): Hardware {
  const points = knownPoints(config, drivers);
  const specOf = (device: string, point: string) => points.get(device)?.find(({ id }) => id === point);
  return {
    hasDevice: (device) => points.has(device),
    isKnown: (device, point) =>
      points.get(device) !== undefined &&
      (device !== DERIVED || !config.derived.has(point) || specOf(device, point) !== undefined),
    specOf,
  };
}

/** What a config says of bindings and devices, whether or not that holds. */
export interface WrittenBindings {
  /** The ids that are bound. */
  readonly bound: readonly string[];
  /** True for a device that is not in the config only as something is wrong with it. */
  isLeftOut(device: string): boolean;
}

/** What is wrong with a config's layout and its bindings, at their places in the config. */
export function checkLayout(
  config: Config,
  document: JsonObject,
  drivers: DriverRegister,
  written: WrittenBindings,
): { errors: Finding[]; warnings: Finding[] } {
  const { namespace } = config.bridge;
  const binding = new Binding(document, config.layout?.bindings ?? {}, namespace);
  const at = (control: string): Finding['path'] => ['layout', 'bindings', control];
  const { controls } = binding.contract;
  const strangers = written.bound.filter((id) => !controls.has(id));
  const errors: Finding[] = strangers.map((id) => {
    const meant = didYouMean(id, controls.keys());
    const hint = meant === undefined ? known([...controls.keys()]) : `did you mean \`${meant}\`?`;
    return { path: at(id), at: 'key', message: `the layout has no control \`${id}\``, hint };
  });
  const hardware = hardwareOf(config, drivers);
  const hasDevice = (device: string) => hardware.hasDevice(device) || written.isLeftOut(device);
  const found = [...binding.problems, ...lintHardware(binding, namespace, { ...hardware, hasDevice })];
  const placed = ({ message, hint }: LayoutFinding, control: string): Finding => ({
    path: binding.targets.has(control) ? at(control) : ['layout', 'file'],
    at: 'value',
    message: `control \`${control}\`: ${message}`,
    hint,
  });
  errors.push(...found.filter(({ severity }) => severity === 'error').map((one) => placed(one, one.control)));
  const warnings = found.filter(({ severity }) => severity === 'warning').map((one) => placed(one, one.control));
  return { errors, warnings: [...lintWarning(document), ...unboundWarning(binding, config, drivers), ...warnings] };
}

function known(ids: readonly string[]): string {
  return ids.length === 0 ? 'it has no controls with ids' : `its controls are ${oneOf(ids)}`;
}

function lintWarning(document: JsonObject): Finding[] {
  const count = lint(document).filter(({ severity }) => severity === 'error').length;
  if (count === 0) return [];
  const message = `${count} ${count === 1 ? 'thing does' : 'things do'} not work in this layout`;
  return [
    { path: ['layout', 'file'], at: 'value', message, hint: '`carter-bridge validate` with that file names them' },
  ];
}

/** Controls that neither a binding nor the bridge's own frames reach. */
function unboundWarning(binding: Binding, config: Config, drivers: DriverRegister): Finding[] {
  const { namespace } = config.bridge;
  const left = binding.unbound.flatMap((id) => {
    const control = binding.contract.controls.get(id);
    if (
      !control ||
      speaksOurs(
        control.listens.map(({ filter }) => filter?.['msg_type']),
        namespace,
      )
    )
      return [];
    return nativeTargets(control, namespace).length > 0 ? [] : [control];
  });
  if (left.length === 0) return [];
  const devices = [...knownPoints(config, drivers)].map(([id, points = []]) => ({ id, points }));
  const likely = suggest(left, devices)
    .slice(0, NAMED)
    .map(({ control, point }) => `\`${control}: ${point}\``);
  const more = left.length > NAMED ? ` and ${left.length - NAMED} more` : '';
  const message = `not bound: ${left
    .slice(0, NAMED)
    .map(({ id }) => `\`${id}\``)
    .join(', ')}${more}`;
  const hint = likely.length > 0 ? `likely: ${likely.join(', ')}` : undefined;
  return [{ path: ['layout', 'file'], at: 'value', message, hint }];
}

function speaksOurs(types: readonly unknown[], namespace: string): boolean {
  return types.some((type) => String(type).startsWith(`${namespace}.`));
}
