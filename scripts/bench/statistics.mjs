/** @param {number[]} values @param {number} part 0 to 1 */
export function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Least and greatest. */
export function range(values) {
  return { least: Math.min(...values), greatest: Math.max(...values) };
}

/** Rounded to what a reader can use. */
export function short(value) {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  return String(size >= 1000 ? Math.round(value) : Number(value.toPrecision(3)));
}
