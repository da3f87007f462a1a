import { isObject } from '../mesh/frame.js';
import { SHARED_FIELDS, TYPES } from './catalogue.js';
import { error, type LayoutFinding, type Linted, quoted, type Rule, warning } from './finding.js';

/** Types of controls, their fields and their words. */
export const FIELD_RULES: readonly Rule[] = [unknownType, unknownField, newerField, badWord, newerFormat];

/** Looks that may also stand in the control itself. */
const THEME =
  /(Color|Colors|Primary|Secondary|Radius|Padding|FontSize|Font|FontWeight|Width|Opacity|blurEnabled|shadow)/;
const NEWER = new Set('name enabled landscape regular fallback extensions field role unit'.split(' '));
const HAPTICS = 'none light medium heavy soft rigid success warning error selection'.split(' ');
const FORMATS = 'percent decimal suffix prefix bytes bytesKB bps duration time none relative date'.split(' ');
const MOTIONS = 'snappy smooth bouncy gentle instant'.split(' ');
const EVERYWHERE: Readonly<Record<string, readonly string[]>> = {
  haptic: HAPTICS,
  formatValue: FORMATS,
  animation: MOTIONS,
};

function* unknownType({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, path } of spots) {
    const { type } = control;
    if (typeof type !== 'string' || type === '' || TYPES.has(type)) continue;
    const near = [...TYPES.keys()].find((known) => known.toLowerCase() === type.toLowerCase().replace(/[-_ ]/g, ''));
    yield error(
      'unknown_type',
      [...path, 'type'],
      `there is no control of type ${quoted(type)}`,
      near && `write \`${near}\``,
    );
  }
}

function* unknownField({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, type, path } of spots) {
    const fields = TYPES.get(type ?? '')?.fields;
    if (!fields) continue;
    for (const key of Object.keys(control)) {
      if (SHARED_FIELDS.has(key) || fields.has(key) || NEWER.has(key) || THEME.test(key)) continue;
      yield warning('unknown_field', [...path, key], `a ${type} has no ${quoted(key)}`, 'apps ignore it');
    }
  }
}

function* newerField({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, path } of spots) {
    for (const key of Object.keys(control)) {
      if (NEWER.has(key)) yield warning('needs_newer_app', [...path, key], `older apps ignore \`${key}\``);
    }
  }
}

function* badWord({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, type, path } of spots) {
    const words = { ...EVERYWHERE, ...TYPES.get(type ?? '')?.words };
    for (const [key, known] of Object.entries(words)) {
      const value = control[key];
      if (typeof value !== 'string' || known.includes(value.split(':')[0] ?? '')) continue;
      yield warning('bad_enum', [...path, key], `${quoted(value)} is none of ${known.join(', ')}`);
    }
    const { animation } = control;
    const profile = isObject(animation) ? animation['profile'] : undefined;
    if (typeof profile === 'string' && !MOTIONS.includes(profile)) {
      yield warning(
        'bad_enum',
        [...path, 'animation', 'profile'],
        `${quoted(profile)} is none of ${MOTIONS.join(', ')}`,
      );
    }
  }
}

function* newerFormat({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, path } of spots) {
    const { formatValue } = control;
    if (typeof formatValue !== 'string' || !/^(relative|date)(:|$)/.test(formatValue)) continue;
    yield warning('relative_format', [...path, 'formatValue'], 'older apps show such a time as a bare number');
  }
}
