// Loaded into a program before it starts: at SIGUSR2 it writes into /tmp/listeners how many listeners there are, on all
// emitters and event targets that are still alive.
import { EventEmitter, getEventListeners } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/** Whoever was ever listened to, without being kept alive, and the events that were asked for. */
const heard = [];
const eventsOf = new WeakMap();

function remember(prototype, name, count) {
  const original = prototype[name];
  prototype[name] = function (event, ...rest) {
    if (!eventsOf.has(this)) {
      eventsOf.set(this, new Set());
      heard.push({ emitter: new WeakRef(this), count });
    }
    eventsOf.get(this).add(event);
    return original.call(this, event, ...rest);
  };
}

for (const name of ['on', 'addListener', 'prependListener']) {
  remember(EventEmitter.prototype, name, (emitter, event) => emitter.listenerCount(event));
}
remember(EventTarget.prototype, 'addEventListener', (target, event) => getEventListeners(target, event).length);

process.on('SIGUSR2', () => {
  // What the running turn holds is let go before it is counted.
  setImmediate(() => {
    collectGarbage();
    let all = 0;
    for (const { emitter, count } of heard) {
      const alive = emitter.deref();
      for (const event of (alive && eventsOf.get(alive)) ?? []) all += count(alive, event);
    }
    writeFileSync('/tmp/listeners', String(all));
  });
});
