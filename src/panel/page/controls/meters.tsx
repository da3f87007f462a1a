import type { ComponentChildren } from 'preact';
import { decimalsOf, formatValue } from '../../../layout/format-value.js';
import { isObject } from '../../../mesh/frame.js';
import { type ControlProps, useControl } from '../context.js';
import { colour, labelOf, number, text } from '../fields.js';
import { Tile } from '../tile.js';

const SIZE = 100;
const RADIUS = 42;

/** A number on an arc with zones. */
export function GaugeControl({ id, control }: ControlProps) {
  const state = useControl(id);
  const min = number(control, 'min', 0);
  const max = number(control, 'max', 100);
  const value = typeof state?.shown === 'number' ? state.shown : undefined;
  const arc = number(control, 'arcAngle', control['gaugeStyle'] === 'full' ? 360 : 180);
  const part = value === undefined ? 0 : partOf(value, min, max);
  const half = arc <= 180;
  const start = -arc / 2;
  const zones = zonesOf(control['segments'], min, max);
  const zone = value === undefined ? undefined : zones.find(({ to }) => part <= to + 1e-9);
  return (
    <Tile id={id} control={control} shape="stack" extra="meter-tile">
      <Meter label={labelOf(control, id)} min={min} max={max} value={value} shown={written(value, control)}>
        <svg class="dial" viewBox={`0 0 ${SIZE} ${half ? 58 : SIZE}`} aria-hidden="true">
          <path class="track" d={arcPath(start, start + Math.min(arc, 359.9))} />
          {zones.map(({ from, to, color }) => (
            <path
              key={to}
              class="zone"
              d={arcPath(start + from * arc, start + to * Math.min(arc, 359.9))}
              stroke={color}
            />
          ))}
          {part > 0 && (
            <path
              class="fill"
              d={arcPath(start, start + part * Math.min(arc, 359.9))}
              stroke={zone?.color ?? 'var(--tint)'}
            />
          )}
          <text class="reading" x={SIZE / 2} y={half ? 50 : 54}>
            {split(written(value, control)).number}
          </text>
        </svg>
        <div class="scale">
          <span>{formatValue(min, 'none')}</span>
          <span class="unit">{split(written(value, control)).unit}</span>
          <span>{formatValue(max, 'none')}</span>
        </div>
      </Meter>
    </Tile>
  );
}

/** A part of a whole, as a ring or a bar. */
export function ProgressRing({ id, control }: ControlProps) {
  const state = useControl(id);
  const min = number(control, 'min', 0);
  const max = number(control, 'max', 100);
  const value = typeof state?.shown === 'number' ? state.shown : undefined;
  const part = value === undefined ? 0 : partOf(value, min, max);
  const shown = value === undefined ? '—' : `${Math.round(part * 100)}%`;
  const bar = text(control, 'progressStyle') === 'bar';
  return (
    <Tile id={id} control={control} shape="stack" extra="meter-tile" end={bar ? shown : undefined}>
      <Meter label={labelOf(control, id)} min={min} max={max} value={value} shown={shown}>
        {bar ? (
          <div class="bar">
            <div style={{ width: `${part * 100}%` }} />
          </div>
        ) : (
          <svg class="dial" viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden="true">
            <path class="track" d={arcPath(0, 359.9)} />
            {part > 0 && <path class="fill" d={arcPath(0, part * 359.9)} stroke="var(--tint)" />}
            <text class="reading" x={SIZE / 2} y={57}>
              {shown}
            </text>
          </svg>
        )}
      </Meter>
    </Tile>
  );
}

interface MeterProps {
  label: string;
  min: number;
  max: number;
  value: number | undefined;
  shown: string;
  children: ComponentChildren;
}

/** Says to a screen reader what the drawing shows; nothing where there is no value. */
function Meter({ label, min, max, value, shown, children }: MeterProps) {
  if (value === undefined) {
    return (
      <div class="meter" role="img" aria-label={`${label}: no value`}>
        {children}
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: its drawing is our own
    <div
      class="meter"
      role="meter"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuetext={shown}
    >
      {children}
    </div>
  );
}

function written(value: number | undefined, control: ControlProps['control']): string {
  if (value === undefined) return '—';
  return formatValue(Number(value.toFixed(decimalsOf(control['step'] ?? 0.1))), control['formatValue']);
}

/** The number apart from its unit, which is written smaller. */
function split(shown: string): { number: string; unit: string } {
  const match = shown.match(/^(-?[\d.,]+)\s*(.*)$/);
  return match ? { number: match[1] ?? '', unit: match[2] ?? '' } : { number: shown, unit: '' };
}

function partOf(value: number, min: number, max: number): number {
  return max > min ? Math.min(1, Math.max(0, (value - min) / (max - min))) : 0;
}

function zonesOf(segments: unknown, min: number, max: number): { from: number; to: number; color: string }[] {
  if (!Array.isArray(segments)) return [];
  let from = 0;
  return segments.filter(isObject).map(({ limit, color }) => {
    const zone = { from, to: partOf(Number(limit), min, max), color: colour(color) ?? 'var(--tint)' };
    from = zone.to;
    return zone;
  });
}

/** An arc around the middle; degrees from the top, clockwise. */
function arcPath(from: number, to: number): string {
  const at = (degrees: number) => {
    const turn = ((degrees - 90) * Math.PI) / 180;
    return `${(SIZE / 2 + RADIUS * Math.cos(turn)).toFixed(2)} ${(SIZE / 2 + RADIUS * Math.sin(turn)).toFixed(2)}`;
  };
  return `M ${at(from)} A ${RADIUS} ${RADIUS} 0 ${to - from > 180 ? 1 : 0} 1 ${at(to)}`;
}
