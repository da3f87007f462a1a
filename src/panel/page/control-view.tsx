import { Component, type ComponentChildren, type ComponentType } from 'preact';
import { typeOf } from '../../layout/walk.js';
import { isObject, type JsonObject } from '../../mesh/frame.js';
import type { ControlProps } from './context.js';
import { Button } from './controls/button.js';
import { Chart, Sparkline } from './controls/charts.js';
import { Picker, Segments } from './controls/choice.js';
import { Graph } from './controls/graph.js';
import { Joystick } from './controls/joystick.js';
import { List, LogConsole } from './controls/lists.js';
import { GaugeControl, ProgressRing } from './controls/meters.js';
import { Divider, QrCode, Unknown } from './controls/other.js';
import { Slider } from './controls/slider.js';
import { Stepper } from './controls/stepper.js';
import { ColourPicker, DatePicker, TextInput } from './controls/text-fields.js';
import { Toggle } from './controls/toggle.js';
import { Label, StatusLight } from './controls/words.js';
import { text } from './fields.js';
import { Grid } from './grid.js';

const VIEWS: Readonly<Record<string, ComponentType<ControlProps>>> = {
  group: Group,
  button: Button,
  toggle: Toggle,
  slider: Slider,
  stepper: Stepper,
  segmentedControl: Segments,
  picker: Picker,
  textInput: TextInput,
  colorPicker: ColourPicker,
  datePicker: DatePicker,
  joystick: Joystick,
  gauge: GaugeControl,
  progressRing: ProgressRing,
  sparkline: Sparkline,
  chart: Chart,
  label: Label,
  statusLight: StatusLight,
  logConsole: LogConsole,
  list: List,
  graph: Graph,
  qrCode: QrCode,
  divider: Divider,
  carousel: Panels,
  accordion: Panels,
  flipCard: Panels,
};

/** A control of any type. */
export function ControlView({ id, control }: ControlProps) {
  const type = typeOf(control) ?? '';
  if (type === 'spacer') return null;
  const View = Object.hasOwn(VIEWS, type) ? VIEWS[type] : undefined;
  return <Drawn key={type}>{View ? <View id={id} control={control} /> : <Unknown id={id} control={control} />}</Drawn>;
}

/** A control that can't be drawn says so in its place, and leaves the others theirs. */
class Drawn extends Component<{ children: ComponentChildren }, { failed: boolean }> {
  override state = { failed: false };

  override componentDidCatch(): void {
    this.setState({ failed: true });
  }

  override render() {
    return this.state.failed ? <p class="nothing-yet">this can't be drawn</p> : this.props.children;
  }
}

function Group({ control }: ControlProps) {
  const label = text(control, 'label');
  const children = Array.isArray(control['children']) ? control['children'] : [];
  const bare = control['hideBackground'] === true || control['dynamic'] !== undefined;
  return (
    <section class={`group ${bare ? 'plain' : ''}`} aria-label={label}>
      {label !== undefined && <h2>{label}</h2>}
      {children.length === 0 ? (
        <p class="nothing-yet">nothing here yet</p>
      ) : (
        <Grid container={control} View={ControlView} />
      )}
    </section>
  );
}

/** Panels that the phone shows one at a time are shown one after the other. */
function Panels({ control }: ControlProps) {
  const panels = Array.isArray(control['panels']) ? control['panels'].filter(isObject) : [];
  return (
    <div class="panels">
      {panels.map((panel: JsonObject, i) => (
        <details key={text(panel, 'id') ?? i} open={i === 0}>
          <summary>{text(panel, 'label') ?? text(panel, 'title') ?? `Part ${i + 1}`}</summary>
          <Grid container={panel} View={ControlView} />
        </details>
      ))}
    </div>
  );
}
