import { useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import { formatValue } from '../../../layout/format-value.js';
import { isObject, type JsonObject } from '../../../mesh/frame.js';
import { type ControlProps, useControl } from '../context.js';
import { colour, labelOf, text } from '../fields.js';
import { Plot } from '../plot.js';
import { Tile } from '../tile.js';

/** The last samples of a number. */
export function Sparkline({ id, control }: ControlProps) {
  const state = useControl(id);
  const samples = state?.samples ?? [];
  const data = useMemo((): uPlot.AlignedData => [samples.map((_, i) => i), [...samples]], [samples]);
  const label = labelOf(control, id);
  if (samples.length < 2) {
    return (
      <Tile id={id} control={control} shape="stack" unlabelled extra="chart-tile">
        <span class="nothing-yet">{label}: no past yet</span>
      </Tile>
    );
  }
  const low = Math.min(...samples);
  const high = Math.max(...samples);
  const said = `${label}: last ${samples.at(-1)}, between ${low} and ${high}`;
  const fill = control['sparklineFill'] === true;
  return (
    <Tile id={id} control={control} shape="stack" unlabelled extra="chart-tile">
      <Plot data={data} kind={`spark ${fill}`} label={said} options={(get) => sparkOptions(get, fill)} />
      <div class="scale extremes" aria-hidden="true">
        <span>{formatValue(low, 'decimal:1')}</span>
        <span>{formatValue(high, 'decimal:1')}</span>
      </div>
    </Tile>
  );
}

function sparkOptions(get: (name: string) => string, fill: boolean): Omit<uPlot.Options, 'width' | 'height'> {
  return {
    padding: [4, 0, 4, 0],
    cursor: { show: false },
    legend: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: { x: { time: false }, y: { range: (_plot, min, max) => roomy(min, max) } },
    series: [
      {},
      { stroke: get('--accent'), width: 2, points: { show: false }, ...(fill ? { fill: get('--accent-soft') } : {}) },
    ],
  };
}

function roomy(min: number, max: number): [number, number] {
  const room = (max - min || Math.abs(max) || 1) * 0.15;
  return [min - room, max + room];
}

interface Series {
  readonly name: string;
  readonly type: string;
  readonly color: string | undefined;
  readonly values: readonly number[];
}

/** Series of numbers: lines, areas and bars. */
export function Chart({ id, control }: ControlProps) {
  const state = useControl(id);
  const config = isObject(control['chartConfig']) ? control['chartConfig'] : {};
  const series = seriesOf(state?.document);
  const length = Math.max(0, ...series.map(({ values }) => values.length));
  const data = useMemo(
    (): uPlot.AlignedData => [
      Array.from({ length }, (_, i) => i),
      ...series.map(({ values }) => Array.from({ length }, (_, i) => values[i] ?? null)),
    ],
    [state?.document],
  );
  const label = labelOf(control, id);
  return (
    <Tile id={id} control={control} shape="stack" extra="chart-tile">
      {length === 0 ? (
        <span class="nothing-yet">nothing yet</span>
      ) : (
        <Plot
          data={data}
          kind={JSON.stringify([series.map(({ name, type, color }) => [name, type, color]), config])}
          label={`${label}: ${series.map(({ name, values }) => `${name} ${values.at(-1)}`).join(', ')}`}
          options={(get) => chartOptions(get, series, config)}
        />
      )}
    </Tile>
  );
}

function chartOptions(get: (name: string) => string, series: readonly Series[], config: JsonObject) {
  const axis = {
    stroke: get('--dim'),
    grid: { stroke: get('--line'), show: config['showGrid'] !== false },
    ticks: { show: false },
  };
  const palette = ['--accent', '--good', '--warn', '--bad', '--info'].map(get);
  return {
    cursor: { show: false },
    legend: { show: config['showLegend'] === true, live: false },
    scales: { x: { time: false } },
    axes: [
      { ...axis, show: config['showXAxis'] !== false },
      { ...axis, show: config['showYAxis'] !== false, size: 44 },
    ],
    series: [
      {},
      ...series.map(({ name, type, color }, i) => {
        const stroke = color ?? palette[i % palette.length] ?? '';
        return { label: name, stroke, width: 2, ...(type === 'area' || type === 'bar' ? { fill: `${stroke}33` } : {}) };
      }),
    ],
  };
}

/** The series of a chart's document: named ones, or one list of numbers. */
function seriesOf(document: unknown): Series[] {
  const whole = Array.isArray(document) ? { values: document } : document;
  if (!isObject(whole)) return [];
  const list = Array.isArray(whole['series']) ? whole['series'].filter(isObject) : [whole];
  return list.map((one, i) => ({
    name: text(one, 'name') ?? `series ${i + 1}`,
    type: text(one, 'type') ?? 'line',
    color: colour(one['color']),
    values: Array.isArray(one['values']) ? one['values'].filter((value) => typeof value === 'number') : [],
  }));
}
