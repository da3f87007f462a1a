import { render } from 'preact';
import { App } from './app.js';
import { browserClock } from './browser-clock.js';
import { SessionProvider } from './context.js';
import { Session } from './session.js';
import { applyTheme } from './theme.js';

const place = document.getElementById('panel');
if (!place) throw new Error('the page has no place for the panel');
applyTheme();
const session = new Session(`${location.origin.replace(/^http/, 'ws')}/live`, browserClock);
render(
  <SessionProvider value={session}>
    <App />
  </SessionProvider>,
  place,
);
session.start();
