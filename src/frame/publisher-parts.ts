import type { Past } from '../state/history.js';
import type { LanesParts } from './lanes.js';
import type { FrameSink } from './sink.js';

/** What a publisher is built from. */
export interface PublisherParts extends LanesParts {
  sink: FrameSink;
  /** Without `sample` somebody else takes the samples. */
  history: Past & { sample?(): void };
  /** Nonce of this process. */
  source: string;
  /** Between full states; 30 s where absent. */
  keyframeMs?: number | undefined;
  /** Between trend frames, and between samples of the history; 2 s where absent. */
  trendMs?: number | undefined;
}

/** What a publisher can take anew while it runs; what is undefined is the default. */
export type PublisherShape = {
  readonly [Name in 'maxHz' | 'policies' | 'bound' | 'frameBytes' | 'keyframeMs' | 'trendMs']: PublisherParts[Name];
};

/** What a publisher has done so far. */
export interface PublisherStats {
  /** Frames sent, by kind. */
  readonly frames: { readonly [kind: string]: number };
  readonly droppedAcks: number;
  readonly droppedEvents: number;
  readonly droppedLogs: number;
  /** Values and payloads cut because no frame could hold them. */
  readonly oversize: number;
  /** Frames that the connection refused at first. */
  readonly failures: number;
}
