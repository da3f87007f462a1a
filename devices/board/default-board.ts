import { DEFAULT_LEASE_MS } from '../../firmware-protocol/limits.js';
import type { PointDescription } from '../../firmware-protocol/message.js';

const PLAIN = { unit: '', lease: 0, options: [] } as const;

/** A board with one of everything, as `bench` shows it. */
export const DEFAULT_POINTS: readonly PointDescription[] = [
  { ...PLAIN, id: 'temp', role: 'sensor', type: 'number', label: 'Temperature', unit: '°C', min: 10, max: 35 },
  { ...PLAIN, id: 'hum', role: 'sensor', type: 'number', label: 'Humidity', unit: '%', min: 0, max: 100 },
  { ...PLAIN, id: 'light', role: 'sensor', type: 'number', label: 'Light', unit: 'lx', min: 0, max: 1000 },
  { ...PLAIN, id: 'button', role: 'event', label: 'Button' },
  {
    ...PLAIN,
    id: 'pump',
    role: 'actuator',
    type: 'boolean',
    label: 'Pump',
    safe: false,
    lease: DEFAULT_LEASE_MS,
  },
  {
    ...PLAIN,
    id: 'fan',
    role: 'actuator',
    type: 'number',
    label: 'Fan',
    unit: '%',
    min: 0,
    max: 100,
    step: 5,
    safe: 0,
    lease: DEFAULT_LEASE_MS,
  },
  { ...PLAIN, id: 'turnout', role: 'actuator', type: 'enum', label: 'Turnout', options: ['closed', 'thrown'] },
];

/** What a simulated sensor says: one turn a minute between its limits, with one decimal. */
export function sensorValue({ type, min = 0, max = 100 }: PointDescription, phase: number, now: number): string {
  const wave = (1 + Math.sin(2 * Math.PI * (now / 60_000 + phase))) / 2;
  if (type === 'boolean') return wave > 0.5 ? '1' : '0';
  if (type !== 'number') return type === 'enum' ? '0' : 'fine';
  return (min + (max - min) * (0.3 + 0.4 * wave)).toFixed(1);
}
