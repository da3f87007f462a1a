/** What a part needs of a logger; pino's logger fits. Foreign text goes through `printable` first. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(bindings: object): Log;
  /** No line shows this text from now on, where the log can see to that. */
  hide?(secret: string): void;
}

/** A logger that keeps silent, for parts used outside a running bridge. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};
