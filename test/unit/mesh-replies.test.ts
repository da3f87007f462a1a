import { expect, it } from 'vitest';
import { Replies } from '../../src/mesh/client-replies.js';
import { MeshStats } from '../../src/mesh/client-stats.js';
import { MESH_TIMING } from '../../src/mesh/client-timing.js';
import { VirtualClock } from '../support/virtual-clock.js';

it('counts what the relay may have counted in the last second: what it answered then, and what it has not answered', async () => {
  const clock = new VirtualClock();
  const replies = new Replies(clock, MESH_TIMING, new MeshStats());
  replies.broadcast('held back');
  await clock.advance(3_000);
  replies.broadcast('another');
  expect(replies.recent).toBe(2);
  replies.settle('held back', { status: 'sent' });
  replies.settle('another', { status: 'sent' });
  expect(replies.unanswered).toBe(0);
  await clock.advance(999);
  expect(replies.recent).toBe(2);
  await clock.advance(1);
  expect(replies.recent).toBe(0);
});
