/** A device as the panel's list shows it. */
export interface DeviceEntry {
  readonly id: string;
  readonly driver: string;
  readonly health: string;
  readonly state: string;
  readonly approved: boolean;
  readonly points: number;
  readonly outputs: number;
  readonly lines: number;
  readonly dropped: number;
  /** What its points are known by, where it describes them itself. */
  readonly manifest?: string;
  readonly trouble?: string;
  readonly name?: string;
  readonly firmware?: string;
}

export interface LogEntry {
  readonly level: string;
  readonly time: string;
  readonly text: string;
}

/** One line of a device's wire; without a direction it is a remark. */
export interface WireLine {
  readonly key: number;
  readonly direction: string;
  readonly text: string;
}

/** Something that a person must be told. */
export interface Notice {
  readonly key: number;
  readonly tone: 'bad' | 'good';
  readonly text: string;
}

/** What the bridge says of itself. */
export interface Status {
  /** A viewer may look, and stop everything. */
  readonly role: 'operator' | 'viewer';
  readonly name: string;
  readonly namespace: string;
  readonly version: string;
  readonly relay: { readonly url: string; readonly channel: string; readonly joined: boolean };
}
