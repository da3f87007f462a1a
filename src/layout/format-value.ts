/** A control's value as text, by its `formatValue`; what is no number, or has no format, is written out as it is. */
export function formatValue(value: unknown, format: unknown): string {
  if (typeof value !== 'number' || !Number.isFinite(value))
    return value === undefined || value === null ? '—' : `${value}`;
  const [name = '', ...rest] = typeof format === 'string' ? format.split(':') : [];
  const detail = rest.join(':');
  switch (name) {
    case 'percent':
      return `${plain(value)}%`;
    case 'decimal':
      return value.toFixed(digits(detail, 1));
    case 'suffix':
      return `${plain(value)}${detail}`;
    case 'prefix':
      return `${detail}${plain(value)}`;
    case 'bytes':
      return scaled(value, 1024, ['B', 'KB', 'MB', 'GB', 'TB']);
    case 'bytesKB':
      return scaled(value * 1024, 1024, ['B', 'KB', 'MB', 'GB', 'TB']);
    case 'bps':
      return scaled(value, 1000, ['bps', 'kbps', 'Mbps', 'Gbps']);
    case 'duration':
      return duration(value);
    case 'time':
      return clockTime(value);
    default:
      return plain(value);
  }
}

/** How many decimals a number with this step needs. */
export function decimalsOf(step: unknown): number {
  if (typeof step !== 'number' || !(step > 0)) return 0;
  const [, decimals = ''] = String(step).split('.');
  return Math.min(6, decimals.length);
}

function digits(text: string, usual: number): number {
  return /^\d$/.test(text) ? Number(text) : usual;
}

/** Without the noise of doubles. */
function plain(value: number): string {
  return String(Number(value.toPrecision(12)));
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let left = value;
  let unit = 0;
  while (Math.abs(left) >= base && unit < units.length - 1) {
    left /= base;
    unit++;
  }
  return `${unit === 0 ? plain(left) : left.toFixed(1)} ${units[unit]}`;
}

function duration(seconds: number): string {
  const [d, h, m, s] = parts(seconds);
  if (d > 0) return `${d}d ${h}h`;
  if (h > 0) return `${h}h ${m}m`;
  return m > 0 ? `${m}m ${s}s` : `${s}s`;
}

function clockTime(seconds: number): string {
  const [d, h, m, s] = parts(seconds);
  const hours = d * 24 + h;
  const two = (n: number) => String(n).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function parts(seconds: number): [number, number, number, number] {
  const whole = Math.max(0, Math.floor(seconds));
  return [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
}
