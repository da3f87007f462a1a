import { calibrateLinear } from './calibrate-linear.js';
import { calibratePolynomial } from './calibrate-polynomial.js';
import { clamp } from './clamp.js';
import { debounce } from './debounce.js';
import { delayedOff } from './delayed-off.js';
import { delayedOn } from './delayed-on.js';
import { delta } from './delta.js';
import { exponentialMovingAverage } from './exponential-moving-average.js';
import type { FilterKind } from './filter.js';
import { heartbeat } from './heartbeat.js';
import { invert } from './invert.js';
import { map } from './map.js';
import { max } from './max.js';
import { median } from './median.js';
import { min } from './min.js';
import { multiply } from './multiply.js';
import { offset } from './offset.js';
import { quantile } from './quantile.js';
import { rateLimit } from './rate-limit.js';
import { round } from './round.js';
import { skipInitial } from './skip-initial.js';
import { slidingWindowMovingAverage } from './sliding-window-moving-average.js';
import { spikeReject } from './spike-reject.js';
import { throttle } from './throttle.js';
import { throttleAverage } from './throttle-average.js';
import { timeout } from './timeout.js';

/** Every filter by the name that it has in a config; ESPHome's where it has one. */
export const FILTERS: ReadonlyMap<string, FilterKind> = new Map<string, FilterKind>([
  ['offset', offset],
  ['multiply', multiply],
  ['calibrate_linear', calibrateLinear],
  ['calibrate_polynomial', calibratePolynomial],
  ['clamp', clamp],
  ['round', round],
  ['median', median],
  ['quantile', quantile],
  ['min', min],
  ['max', max],
  ['sliding_window_moving_average', slidingWindowMovingAverage],
  ['exponential_moving_average', exponentialMovingAverage],
  ['delta', delta],
  ['spike_reject', spikeReject],
  ['rate_limit', rateLimit],
  ['throttle', throttle],
  ['throttle_average', throttleAverage],
  ['debounce', debounce],
  ['heartbeat', heartbeat],
  ['timeout', timeout],
  ['skip_initial', skipInitial],
  ['delayed_on', delayedOn],
  ['delayed_off', delayedOff],
  ['invert', invert],
  ['map', map],
]);
