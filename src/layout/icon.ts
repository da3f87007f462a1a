import type { PointSpec } from '../device/point.js';

/** SF Symbols by what is measured or switched; the first that fits is taken. */
const BY_UNIT: readonly [RegExp, string][] = [
  [/^°[CF]$|^K$/, 'thermometer.medium'],
  [/^(lx|lm|cd)$/, 'sun.max'],
  [/^(m?V|m?A|k?W|k?Wh|Ω)$/, 'bolt'],
  [/^(h?Pa|bar|psi)$/, 'barometer'],
  [/^(m\/s|km\/h|mph|kn)$/, 'wind'],
  [/^(ppm|ppb|µg\/m³)$/, 'aqi.medium'],
  [/^(m?l|l\/min|m³)$/i, 'drop'],
  [/^(k?g|t)$/, 'scalemass'],
  [/^([mcµk]?m|in|ft)$/, 'ruler'],
  [/^(k|M)?Hz$|^rpm$/, 'waveform.path'],
  [/^(dB|dBA)$/, 'speaker.wave.2'],
  [/^(ms|s|min|h)$/, 'clock'],
];

const BY_WORD: readonly [RegExp, string][] = [
  [/temp|heat|therm/, 'thermometer.medium'],
  [/hum|moist|soil|rain|wet/, 'humidity'],
  [/light|lux|lamp|led|bulb/, 'lightbulb'],
  [/fan|vent|air/, 'fan'],
  [/pump|water|valve|irrig/, 'drop'],
  [/door|gate|window|lock/, 'door.left.hand.closed'],
  [/turnout|switch|point|route/, 'arrow.triangle.branch'],
  [/signal|aspect/, 'light.beacon.max'],
  [/block|track|train|loco/, 'tram'],
  [/motion|pir|presence/, 'figure.walk.motion'],
  [/volt|current|power|batt/, 'bolt'],
  [/speed|motor|servo|pwm|drive/, 'gauge.with.dots.needle.50percent'],
  [/button|key|press/, 'button.programmable'],
  [/mode|state|scene/, 'dial.medium'],
  [/alarm|horn|bell|buzz/, 'bell'],
];

/** The symbol that tells best what a point is. */
export function iconFor({ id, label = '', unit, role, type }: PointSpec): string {
  const name = `${id} ${label}`.toLowerCase();
  const byUnit = unit === undefined ? undefined : BY_UNIT.find(([pattern]) => pattern.test(unit));
  const [, symbol] = byUnit ?? BY_WORD.find(([pattern]) => pattern.test(name)) ?? [];
  if (symbol !== undefined) return symbol;
  if (role === 'event') return 'bell';
  if (role === 'actuator') return type === 'boolean' ? 'power' : 'slider.horizontal.3';
  return type === 'number' ? 'number' : 'dot.radiowaves.left.and.right';
}
