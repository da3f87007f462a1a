import { useEffect, useRef, useState } from 'preact/hooks';
import type { Timer } from '../../../clock.js';
import { browserClock } from '../browser-clock.js';
import { type ControlProps, useSession } from '../context.js';
import { labelOf, number } from '../fields.js';
import { Tile } from '../tile.js';

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A page may send 50 frames in a second, of which a stick must leave some to others. */
const MIN_PACE_MS = 50;
const MIDDLE: Place = { x: 0, y: 0 };
const KEYS: Readonly<Record<string, Place>> = {
  ArrowUp: { x: 0, y: 1 },
  ArrowDown: { x: 0, y: -1 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
};

/** A stick that says where it is, again and again while it is held, and goes back to the middle by itself. */
export function Joystick({ id, control }: ControlProps) {
  const session = useSession();
  const [place, setPlace] = useState(MIDDLE);
  const sentAt = useRef(Number.NEGATIVE_INFINITY);
  /** True from the first move to the release: a stick that was only passed by commands nothing. */
  const held = useRef(false);
  const pace = Math.max(MIN_PACE_MS, number(control, 'sendRate', 0.1) * 1000);
  const at = useRef(MIDDLE);
  const again = useRef<Timer | undefined>(undefined);
  const move = (next: Place, always = false) => {
    held.current = true;
    at.current = next;
    setPlace(next);
    // What hears nothing for three of these times takes the stick for let go.
    again.current ??= repeat(pace, () => {
      if (browserClock.now() - sentAt.current >= pace * 0.9) move(at.current, true);
    });
    const now = browserClock.now();
    if (!always && now - sentAt.current < pace) return;
    sentAt.current = now;
    session.act(id, { value: { x: next.x, y: next.y } });
  };
  const release = () => {
    if (held.current && control['sticky'] !== true) move(MIDDLE, true);
    held.current = false;
    again.current?.cancel();
    again.current = undefined;
  };
  const leave = useRef(release);
  leave.current = release;
  useEffect(() => () => leave.current(), []);
  const dead = number(control, 'deadzone', 0.1);
  const drag = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const x = clamp(((event.clientX - box.left) / box.width) * 2 - 1);
    const y = clamp(1 - ((event.clientY - box.top) / box.height) * 2);
    move(Math.hypot(x, y) < dead ? MIDDLE : { x, y });
  };
  return (
    <Tile id={id} control={control} shape="stack">
      <div
        class="stick"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a stick, which HTML has no element for
        tabIndex={0}
        aria-label={`${labelOf(control, id)}: arrow keys`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag(event);
        }}
        onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && drag(event)}
        onPointerUp={release}
        onPointerCancel={release}
        onKeyDown={({ key }) => KEYS[key] && move(KEYS[key])}
        onKeyUp={({ key }) => KEYS[key] && release()}
        onBlur={release}
      >
        <div class="top" style={{ left: `${(place.x + 1) * 50}%`, top: `${(1 - place.y) * 50}%` }} />
      </div>
    </Tile>
  );
}

/** Does something again and again until it is cancelled. */
function repeat(ms: number, what: () => void): Timer {
  let timer: Timer;
  const next = () => {
    timer = browserClock.after(ms, () => {
      next();
      what();
    });
  };
  next();
  return { cancel: () => timer.cancel() };
}

function clamp(value: number): number {
  return Math.round(Math.min(1, Math.max(-1, value)) * 100) / 100;
}
