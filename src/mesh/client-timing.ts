/** The waits of the mesh client, in milliseconds. */
export interface MeshTiming {
  /** From dialling to an open WebSocket. */
  readonly connect: number;
  /** From an open WebSocket to the welcome. */
  readonly admission: number;
  /** Between our pings. */
  readonly ping: number;
  /** Silence after which the relay counts as dead. */
  readonly dead: number;
  /** What may have been on its way for longer is late. */
  readonly late: number;
  /** Longest wait for a clean close. */
  readonly stop: number;
  /** From our request to its reply; relays give a target 5 s. */
  readonly reply: number;
  /** From a request's arrival to the last moment of answering; older relays run a late answer as a new request. */
  readonly answer: number;
  /** How long a broadcast counts as unanswered. */
  readonly sent: number;
  readonly retry: RetryTiming;
}

/** The waits between connections, in milliseconds; each is shortened or lengthened at random by its policy. */
export interface RetryTiming {
  /** First retry after an address that did not answer, and the longest one. */
  readonly first: number;
  readonly unreachable: number;
  /** First and longest wait after connections that opened and ended. */
  readonly flap: number;
  readonly flapMax: number;
  /** Longest wait after a connection that was lost after the welcome. */
  readonly restart: number;
  /** Shortest and longest wait where trying again soon does harm or no good. */
  readonly slow: number;
  readonly slowMax: number;
  /** A connection that was welcome this long clears the record. */
  readonly stable: number;
  /** A normal close this soon after the welcome looks like a namesake's doing. */
  readonly eviction: number;
}

export const MESH_TIMING: MeshTiming = {
  connect: 5_000,
  admission: 5_000,
  ping: 1_000,
  dead: 5_000,
  late: 2_000,
  stop: 1_000,
  reply: 6_000,
  answer: 4_500,
  sent: 5_000,
  retry: {
    first: 250,
    unreachable: 1_000,
    flap: 1_000,
    flapMax: 30_000,
    restart: 1_500,
    slow: 30_000,
    slowMax: 60_000,
    stable: 30_000,
    eviction: 10_000,
  },
};
