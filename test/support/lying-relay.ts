import { isObject, type MeshFrame } from '../../src/mesh/frame.js';
import type { MakeRelay } from './relays.js';
import { confirm, type ScriptedPeer, ScriptedRelay, welcome } from './scripted-relay.js';

/** A relay in the hands of somebody else, which takes everybody in and passes on only what that somebody wants. */
export class LyingRelay {
  /** True: nobody is told that he is welcome; the last who asked waits here. */
  parks = false;
  parked: { readonly peer: ScriptedPeer; readonly frame: MeshFrame } | undefined;
  /** What broadcasts are refused with, where they are. */
  refuses: string | undefined;
  private relay: ScriptedRelay | undefined;

  /** Starts it, for a scene. */
  readonly make: MakeRelay = async () => {
    const relay = await ScriptedRelay.start({
      identify: (peer, frame) => {
        if (this.parks) this.parked = { peer, frame };
        else welcome(peer, frame);
      },
      frame: (peer, frame) => {
        if (this.refuses === undefined) confirm(peer, frame);
        else if (frame.type === 'broadcast_request')
          peer.say(frame.type, { error: this.refuses, status: 'failed' }, frame.id);
      },
    });
    this.relay = relay;
    const kill = () => relay.kill();
    return { url: relay.url, port: relay.port, counters: {}, stop: kill, kill, freeze: () => {}, thaw: () => {} };
  };

  /** Its end of the bridge's last connection. */
  get bridge(): ScriptedPeer {
    const isBridge = ({ frames }: ScriptedPeer) => isObject(frames[0]?.payload) && frames[0].payload['name'] === 'rig';
    const peer = this.relay?.peers.findLast(isBridge);
    if (!peer) throw new Error('the bridge is not there');
    return peer;
  }
}
