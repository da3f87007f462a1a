import { useNews } from './context.js';
import { Stream } from './stream.js';

/** The bridge's log. */
export function LogPane() {
  const session = useNews('log');
  return (
    <div class="lines-pane">
      <Stream label="Log of the bridge" mark={session.log}>
        {session.log.length === 0 && <p class="nothing-yet">Nothing to say so far.</p>}
        {session.log.map(({ level, time, text }, i) => (
          <div key={i} class={`entry ${level}`}>
            <time dateTime={time}>{new Date(time).toLocaleTimeString()}</time>
            <span class="level">{level}</span>
            <span>{text}</span>
          </div>
        ))}
      </Stream>
    </div>
  );
}
