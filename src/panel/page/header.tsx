import { LogOut, Moon, QrCode, Sun } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { useNews } from './context.js';
import { Icon } from './icon.js';
import { PairDialog } from './pair-dialog.js';
import { applyTheme, isDark, onSystemTheme } from './theme.js';

/** Who this is, how the connections are, and what concerns the whole page. */
export function Header() {
  const session = useNews('status');
  const [dark, setDark] = useState(isDark());
  const [pairing, setPairing] = useState(false);
  useEffect(() => onSystemTheme(() => setDark(isDark())), []);
  const { status, connection } = session;
  const turn = () => {
    applyTheme(dark ? 'light' : 'dark');
    setDark(!dark);
  };
  return (
    <header class="top">
      <img src="/icon.svg" alt="" width="28" height="28" />
      <h1>{status?.name ?? 'carter-bridge'}</h1>
      <ConnectionState connection={connection} joined={status?.relay.joined ?? false} url={status?.relay.url ?? ''} />
      {session.looksOnly && <span class="state dim">View only</span>}
      {!session.looksOnly && (
        <button
          type="button"
          class="round"
          aria-label="Pair a phone"
          title="Pair a phone"
          onClick={() => setPairing(true)}
        >
          <Icon node={QrCode} />
        </button>
      )}
      <button type="button" class="round" aria-label={dark ? 'Light colours' : 'Dark colours'} onClick={turn}>
        <Icon node={dark ? Sun : Moon} />
      </button>
      <button type="button" class="round" aria-label="Sign out" title="Sign out" onClick={signOut}>
        <Icon node={LogOut} />
      </button>
      {pairing && <PairDialog close={() => setPairing(false)} />}
    </header>
  );
}

/** The bridge forgets this browser; only a new link lets it in again, so a slip of the finger is asked about. */
function signOut(): void {
  if (confirm('Sign this browser out? Only a new link lets it in again.')) location.assign('/leave');
}

function ConnectionState({ connection, joined, url }: { connection: string; joined: boolean; url: string }) {
  const [tone, words] =
    connection === 'lost'
      ? ['bad', 'Not reached']
      : connection === 'connecting'
        ? ['dim', 'Connecting']
        : joined
          ? ['good', 'Live']
          : ['warn', 'Live, phones apart'];
  const more = connection === 'live' ? (joined ? `phones meet at ${url}` : `the relay at ${url} is not reached`) : '';
  return (
    <span class={`state ${tone}`} role="status" title={more}>
      <span class="lamp" />
      {words}
    </span>
  );
}
