/** How long and how often things are measured; times in ms. */
export const FULL = {
  idle: 2_000,
  warm: 3_000,
  latency: 7_000,
  echo: 5_000,
  load: 5_000,
  delay: 5_000,
  floodWarm: 1_000,
  flood: 2_500,
  stalledSettle: 10_000,
  stalled: 60_000,
  naive: 4_000,
  endlessMegabytes: 64,
  replugs: 20,
  joiners: 10,
  growth: 4_000,
  growthRounds: 2,
};

/** For development: every row, nothing to rely on. */
export const QUICK = {
  idle: 500,
  warm: 500,
  latency: 1_500,
  echo: 1_500,
  load: 1_500,
  delay: 1_500,
  floodWarm: 300,
  flood: 700,
  stalledSettle: 1_500,
  stalled: 3_000,
  naive: 1_500,
  endlessMegabytes: 16,
  replugs: 3,
  joiners: 2,
  growth: 1_000,
  growthRounds: 1,
};
