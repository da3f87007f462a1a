import { expect, it } from 'vitest';
import type { Access } from '../../src/action/validate.js';
import { checkSender } from '../../src/action/validate.js';
import { readCommand, wayOf } from '../../src/action/command.js';
import { silentLog } from '../../src/log.js';
import { Inbox } from '../../src/mesh/client-inbox.js';
import { MESH_TIMING } from '../../src/mesh/client-timing.js';
import { MeshStats } from '../../src/mesh/client-stats.js';
import { Replies } from '../../src/mesh/client-replies.js';
import { roomCipher, type Sealed } from '../../src/mesh/e2ee.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { systemClock } from '../../src/system-clock.js';

it('a relay of an account, which has no room key, makes no operator of a phone that may only look', () => {
  const key = Buffer.alloc(32, 7).toString('base64');
  const clock = systemClock();
  const stats = new MeshStats();
  let heard: { payload: JsonObject; sealed: Sealed } | undefined;
  const inbox = new Inbox({
    clock,
    log: silentLog,
    timing: MESH_TIMING,
    stats,
    cipher: roomCipher(key, { channel: 'lab', name: 'rig', clock }),
    // As with the credential of a device.
    namesSenders: true,
    handlers: { up() {}, down() {}, broadcast: (payload, sealed) => (heard = { payload, sealed }), request: () => false, reply() {} },
    replies: new Replies(clock, MESH_TIMING, stats),
    send() {},
  });
  const child = roomCipher(key, { channel: 'lab', name: 'child', clock });
  const sealed = child.seal({ msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: true });
  inbox.frame({ id: '1', type: 'broadcast', payload: { ...sealed, _from: 'owner' }, reply_to: null });
  const request = heard && readCommand(heard.payload, wayOf(heard.sealed, false));
  const access: Access = { defaultRole: 'viewer', phones: new Map([['owner', 'operator']]), openRelay: false, sealedOnly: true };
  expect(request && checkSender(request, { access, clock } as never)).toMatchObject({ ok: false, code: 'role' });
});
