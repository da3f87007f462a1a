// The relay of both programs, as its own process: this project's embedded one. Without its limits of frames
// and bytes a second, because the floor would be disconnected at once, or held back.
import { EmbeddedRelay } from '../../dist/src/relay/relay.js';
import { systemClock } from '../../dist/src/system-clock.js';

const limits = { framesPerSecond: 0, bytesPerSecond: 0 };
const relay = new EmbeddedRelay({ host: '127.0.0.1', port: 0, clock: systemClock(), limits });
const { url } = await relay.start();
process.send?.({ url });
