/** What a control can hold, and so what a sync must deliver: `scalar` is any boolean, number or text. */
export type Holds = 'nothing' | 'boolean' | 'number' | 'text' | 'scalar' | 'samples' | 'rows' | 'lines' | 'document';

/** What is known of one type of control. */
export interface ControlType {
  readonly holds: Holds;
  /** What its own gesture brings as `{{value}}`; undefined: it has none that commands. */
  readonly gives?: 'boolean' | 'number' | 'text' | 'document';
  /** Its own fields beside those that every control may have; undefined: not known here. */
  readonly fields?: ReadonlySet<string>;
  /** Fields that hold one of some words. */
  readonly words: Readonly<Record<string, readonly string[]>>;
}

type Words = Record<string, readonly string[]>;

function type(holds: Holds, gives: ControlType['gives'], fields?: string, words: Words = {}): ControlType {
  const named = fields === undefined ? {} : { fields: new Set([...fields.split(' '), ...Object.keys(words)]) };
  return { holds, ...(gives === undefined ? {} : { gives }), ...named, words };
}

/** Documents whose fields nobody here needs to know. */
const open = (gives?: ControlType['gives'], words?: Words): ControlType => type('document', gives, undefined, words);

const RANGE = 'min max step formatValue hideValue';
const LABEL_STYLES = ['default', 'headline', 'title', 'caption', 'mono', 'large-mono', 'terminal'];

/** All types of controls by their names, which are case-sensitive. */
export const TYPES: ReadonlyMap<string, ControlType> = new Map([
  ['group', type('nothing', undefined, 'grid children dynamic pulse')],
  [
    'button',
    type('nothing', undefined, 'size', {
      style: ['filled', 'outlined', 'outline', 'ghost', 'tinted', 'icon-only'],
      size: ['compact', 'default', 'large'],
    }),
  ],
  ['toggle', type('boolean', 'boolean', 'onIcon offIcon', { style: ['switch', 'button', 'icon-toggle'] })],
  [
    'slider',
    type('number', 'number', `${RANGE} minIcon maxIcon arcAngle arcRotation arcThickness`, {
      style: ['default', 'scrubber', 'radial'],
    }),
  ],
  ['stepper', type('number', 'number', RANGE)],
  ['segmentedControl', type('text', 'text', 'options optionIcons', { style: ['default', 'pills'] })],
  ['picker', type('text', 'text', 'options optionIcons', { pickerStyle: ['menu', 'wheel', 'inline'] })],
  [
    'textInput',
    type(
      'text',
      'text',
      'placeholder sendButton minLines maxLines autocorrect autocorrectToggle keyboard clearOnSubmit',
      { style: ['default', 'search', 'multiline'], keyboard: ['ascii', 'default', 'url', 'email', 'numbers'] },
    ),
  ],
  ['colorPicker', type('text', 'text', '')],
  ['joystick', type('nothing', 'document', 'deadzone sticky sendRate', { style: ['analog', 'dpad'] })],
  [
    'datePicker',
    type('text', 'text', 'dateMin dateMax', {
      datePickerStyle: ['compact', 'wheel', 'graphical'],
      datePickerMode: ['date', 'time', 'dateAndTime'],
    }),
  ],
  [
    'gauge',
    type('number', undefined, `${RANGE} segments arcAngle arcRotation arcThickness`, { gaugeStyle: ['half', 'full'] }),
  ],
  ['progressRing', type('number', undefined, RANGE, { progressStyle: ['ring', 'bar'] })],
  ['sparkline', type('samples', undefined, 'sparklinePoints sparklineFill')],
  [
    'label',
    type('scalar', undefined, 'text scrollable formatValue valueMap iconMap colorMap', {
      style: LABEL_STYLES,
      align: ['leading', 'center', 'trailing'],
    }),
  ],
  [
    'statusLight',
    type('text', undefined, 'statusColors pulse', { style: ['dot', 'badge'], size: ['small', 'default', 'large'] }),
  ],
  [
    'logConsole',
    type('lines', undefined, 'maxLines showTimestamps fontSize autoScroll logColors', {
      style: ['default', 'transparent'],
    }),
  ],
  ['list', type('rows', 'document', 'listColumns')],
  ['cardList', type('rows', 'document')],
  ['chart', type('document', 'document', 'chartConfig')],
  ['heatmap', type('document', 'document', 'heatmapConfig')],
  ['graph', type('document', 'text', 'graphConfig')],
  [
    'map',
    type('document', undefined, 'mapInteractive mapZoom mapConfig', {
      mapStyle: ['standard', 'satellite', 'hybrid', 'globe'],
    }),
  ],
  ['qrCode', type('text', undefined, 'text', { style: ['default', 'rounded'], correctionLevel: ['L', 'M', 'Q', 'H'] })],
  ['divider', type('nothing', undefined, '', { style: ['line', 'dashed'] })],
  ['spacer', type('nothing', undefined, '')],
  ['carousel', type('number', 'number', undefined, { carouselMode: ['paged', 'coverflow', 'deck'] })],
  ['flipCard', type('number', 'number', undefined, { flipTrigger: ['tap', 'longPress'] })],
  ['accordion', type('number', 'number', undefined, { accordionMode: ['single', 'multi'] })],
  ['compass', type('scalar', 'document')],
  ['camera', type('scalar', 'document')],
  ['image', type('scalar', undefined)],
  ['webView', type('scalar', undefined)],
  ['chat', type('nothing', undefined)],
  ['boxPlot', open()],
  ['canvas', open('document')],
  ['chord', open()],
  ['gantt', open('document')],
  ['pieChart', open('document')],
  ['pinboard', open('document')],
  ['radar', open()],
  ['sankey', open()],
  ['sortboard', open('document')],
  ['treemap', open('document')],
]);

/** Fields that every control may have. */
export const SHARED_FIELDS: ReadonlySet<string> = new Set(
  (
    'type id position span label icon tint style hideLabel hideValue hideBackground controlHeight theme defaultValue ' +
    'action longPressAction sync visible longPressGroup haptic animation pulse config'
  ).split(' '),
);

/** What a control of a type holds; types that nobody knows are taken for labels. */
export function holds(name: string | undefined): Holds {
  return TYPES.get(name ?? '')?.holds ?? 'scalar';
}
