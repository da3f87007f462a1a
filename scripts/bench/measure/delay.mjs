import { paced } from '../wait.mjs';

/** Row L: delay of the event loop at 1000 readings a second, 10 commands a second, and a phone that asks for everything each second. */
export async function delay(stage, ms) {
  const phone = stage.phones[0];
  stage.onSaid = () => {};
  await stage.program.ask('watchDelay');
  await paced(1000, ms, (count) => {
    stage.reading(count);
    if (count % 100 === 50) phone.broadcast(stage.dialect.tap(1_000 + count));
    if (count % 1000 === 500) phone.broadcast({ msg_type: 'control_sync_request', from: 'watcher' });
  });
  return await stage.program.ask('delay');
}
