import { X } from 'lucide';
import { useNews } from './context.js';
import { Icon } from './icon.js';

/** What a person must be told now. */
export function Notices() {
  const session = useNews('notices');
  return (
    <div class="notices" role="alert">
      {session.notices.list.map(({ key, tone, text }) => (
        <div key={key} class={`notice ${tone}`}>
          <span>{text}</span>
          <button type="button" class="round" aria-label="Dismiss" onClick={() => session.notices.dismiss(key)}>
            <Icon node={X} size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
