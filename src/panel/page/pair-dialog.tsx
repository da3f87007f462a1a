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
      {answer && code === undefined && <p>{text(answer, 'message') ?? 'No phone can be paired now.'}</p>}
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
    </Dialog>
  );
}
