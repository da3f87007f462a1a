/** Counters of one device, over all its sessions. */
export interface DeviceCounters {
  /** Times that the device was connected. */
  sessions: number;
  /** Values that it said. */
  readings: number;
  /** Bytes on its line, of whatever kind. */
  bytesIn: number;
  bytesOut: number;
  lines: number;
  overlong: number;
  garbled: number;
  partial: number;
  /** Values of sensors outside of their range. */
  outOfRange: number;
  /** Lines and values that meant nothing to the driver. */
  ignored: number;
  /** Times that it was lost too often within a minute. */
  spentBudgets: number;
  /** Times that it dropped out while the supply of the machine was too low. */
  brownOuts: number;
  /** Exceptions thrown by the driver's own handlers. */
  driverErrors: number;
}

export const newCounters = (): DeviceCounters => ({
  sessions: 0,
  readings: 0,
  bytesIn: 0,
  bytesOut: 0,
  lines: 0,
  overlong: 0,
  garbled: 0,
  partial: 0,
  outOfRange: 0,
  ignored: 0,
  spentBudgets: 0,
  brownOuts: 0,
  driverErrors: 0,
});
