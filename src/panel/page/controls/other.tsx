import { qrSquares } from '../../../qr.js';
import { type ControlProps, useControl } from '../context.js';
import { text } from '../fields.js';
import { Tile } from '../tile.js';

/** A line between parts. */
export function Divider({ control }: ControlProps) {
  const label = text(control, 'label');
  return (
    <div class={`divider ${text(control, 'style') ?? ''}`}>
      {label !== undefined && <h2>{label}</h2>}
      <hr />
    </div>
  );
}

/** A text as a QR code. */
export function QrCode({ id, control }: ControlProps) {
  const state = useControl(id);
  const shown = typeof state?.shown === 'string' ? state.shown : (text(control, 'text') ?? '');
  return (
    <Tile id={id} control={control} shape="stack" unlabelled={control['label'] === undefined}>
      {shown !== '' && <QrDrawing text={shown} label="QR code" />}
    </Tile>
  );
}

/** The drawing of a QR code; always dark on light, as scanners want it. */
export function QrDrawing({ text: content, label }: { text: string; label: string }) {
  const squares = qrSquares(content);
  const size = squares.length;
  const path = squares.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

/** A type that this page does not draw; what it holds is shown as it is. */
export function Unknown({ id, control }: ControlProps) {
  const state = useControl(id);
  const held = state?.shown ?? state?.document;
  return (
    <Tile id={id} control={control} shape="stack" extra="fill">
      <p class="nothing-yet">{text(control, 'type') ?? 'control'}: only on the phone</p>
      {held !== undefined && (
        <pre class="console">{typeof held === 'object' ? JSON.stringify(held, null, 1) : String(held)}</pre>
      )}
    </Tile>
  );
}
