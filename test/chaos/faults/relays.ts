import { every, type FaultKind } from './fault.js';

const RELAY = { aspect: 'relay', targets: () => ['relay'] } as const;

/** What can befall the relay, and the way to it. */
export const RELAY_FAULTS: readonly FaultKind[] = [
  {
    ...RELAY,
    name: 'relay gone',
    begin: ({ stage: { relay } }) => {
      relay.kill();
      return () => relay.begin();
    },
  },
  {
    ...RELAY,
    name: 'relay half-open',
    begin: ({ stage: { relay } }) => {
      relay.freeze();
      return () => relay.thaw();
    },
  },
  {
    ...RELAY,
    name: 'admission refused',
    holdsOff: 60_000,
    begin: ({ stage: { relay } }) => {
      relay.begin({ token: 'another-one' });
      return () => relay.begin();
    },
  },
  {
    ...RELAY,
    name: 'closed for its rate of frames',
    holdsOff: 60_000,
    begin: ({ stage: { relay } }) => {
      relay.begin({ limits: { framesPerSecond: 6 } });
      return () => relay.begin();
    },
  },
  {
    ...RELAY,
    name: 'name war',
    holdsOff: 60_000,
    begin: (world) => {
      const rival = world.phone('rig');
      rival.start();
      const stop = every(world, 400, () => rival.drop());
      return () => {
        stop();
        rival.stop();
      };
    },
  },
];
