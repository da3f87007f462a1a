import { useEffect, useState } from 'preact/hooks';
import type { JsonObject } from '../../mesh/frame.js';
import { useSession } from './context.js';
import { QrDrawing } from './controls/other.js';
import { Dialog } from './dialog.js';
import { text } from './fields.js';

/** What a phone needs to join, as a QR code; only shown on demand, as it lets whoever has it in. */
export function PairDialog({ close }: { close(): void }) {
  const session = useSession();
  const [answer, setAnswer] = useState<JsonObject | undefined>(undefined);
  useEffect(() => void session.pairing().then(setAnswer), [session]);
  const code = answer && text(answer, 'text');
  return (
    <Dialog title="Pair a phone" close={close}>
      {answer && code === undefined && <p>{sentence(text(answer, 'message') ?? 'no phone can be paired now')}</p>}
      {answer && code !== undefined && (
        <div class="pairing">
          <QrDrawing text={code} label="Pairing code" />
          <p>Scan it with the app.</p>
          <p class="note">
            The phone meets the bridge at {text(answer, 'url')}, channel {text(answer, 'channel')}. Whoever has this
            code can see and switch what this bridge does.
          </p>
        </div>
      )}
      <PushLayout />
    </Dialog>
  );
}

/** Puts the layout on a phone that has scanned the code, and says what the phone made of it. */
function PushLayout() {
  const session = useSession();
  const [said, setSaid] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const push = async () => {
    setBusy(true);
    setSaid(wordsFor(await session.push()));
    setBusy(false);
  };
  return (
    <div class="send-layout">
      <button type="button" class="small strong" disabled={busy} onClick={() => void push()}>
        {busy ? 'Sending …' : 'Send the layout to the phone'}
      </button>
      <p class="note" role="status">
        {said ?? 'For a phone that has scanned the code and is in a live session.'}
      </p>
    </div>
  );
}

/** A message as people write it. */
function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1).replaceAll('`', '')}.`;
}

function wordsFor(answer: JsonObject): string {
  if (answer['confirmed'] !== true) return sentence(text(answer, 'message') ?? 'no answer');
  const missing = Array.isArray(answer['missing']) ? answer['missing'] : [];
  const shows = `${text(answer, 'phone')} shows the layout`;
  return missing.length === 0 ? `${shows}.` : `${shows}, but could not draw ${missing.join(', ')}.`;
}
